import EnvironmentInterface
import Foundation
import Geometry
import Rendering
import Simulation
import StrictYAML

/// What suites mean beside the scenes they play in and the training distribution they are measured against.
///
/// Reading a file says whether it makes sense by itself. Here is asked, before the first episode, whether the robot can do what
/// it shall do, whether each factor acts on something, and whether what it does is out of the training distribution.
struct BenchmarkChecks {
  let catalog: Catalog
  let training: TrainingDistribution
  let support: TrainingSupport
  private var complaints: [YAMLComplaint] = []

  init(catalog: Catalog, training: TrainingDistribution) {
    self.catalog = catalog
    self.training = training
    support = TrainingSupport(catalog: catalog, training: training)
  }

  mutating func complain(_ place: FilePlace?, _ problem: String, mend: String) {
    let place = place ?? training.place
    let complaint = place.complaint(problem, mend: mend)
    if !complaints.contains(complaint) { complaints.append(complaint) }
  }

  /// - Throws: `YAMLError` with everything that was complained of.
  func finish() throws {
    let sorted = complaints.enumerated().sorted {
      ($0.element.file, $0.element.line ?? 0, $0.offset)
        < ($1.element.file, $1.element.line ?? 0, $1.offset)
    }
    if let error = YAMLError(sorted.map(\.element)) { throw error }
  }

  /// How wide a thing may be that the hand of a set-up takes hold of [m].
  func handOpening(of setup: String) -> Double {
    catalog.setups[setup]?.robot.gripper.maximumOpening ?? 0
  }

  // MARK: - The training distribution

  mutating func checkTraining() {
    guard let setup = catalog.setups[training.setup] else { return }
    checkRegion(training.region, what: "the region", place: training.place, in: setup)
    let (low, high) = setup.start
    for corner in Self.corners(low, high) where !setup.robot.reaches(corner) {
      return complain(
        setup.startPlace,
        "the robot cannot start at \(Self.text(corner))",
        mend: "choose a box within its reach and workspace")
    }
    checkView(of: setup)
    for task in training.tasks {
      checkHoldable(task.objects, by: training.setup, place: task.place)
      if task.family.needsHollowTarget {
        checkHollow(task.targets, in: training.setup, place: task.place)
      }
    }
    checkWords()
  }

  /// A rectangle in which things are placed must be on the table and within the robot's reach.
  mutating func checkRegion(
    _ region: Region, what: String, at height: Double = 0, place: FilePlace, in setup: Setup
  ) {
    let (arena, robot) = (setup.arena, setup.robot)
    let (low, high) = arena.table
    guard low.x <= region.min.x, low.y <= region.min.y, high.x >= region.max.x,
      high.y >= region.max.y
    else {
      return complain(
        place, "\(what) is not wholly on the table of '\(arena.name)'",
        mend: "stay within x \(low.x)…\(high.x) and y \(low.y)…\(high.y)")
    }
    for corner in Self.corners(
      Vector3(region.min, z: height + Self.graspHeight), Vector3(region.max, z: Self.travelHeight))
    where !robot.reaches(robot.worldFromBase.inverse * corner) {
      return complain(
        place, "the robot '\(robot.name)' does not reach \(Self.text(corner)) of \(what)",
        mend: "keep \(what) within its reach and workspace")
    }
  }

  /// The least and the greatest height at which a hand must be anywhere over a region [m].
  private static let graspHeight = 0.03
  private static let travelHeight = 0.10

  private static func corners(_ low: Vector3, _ high: Vector3) -> [Vector3] {
    [low.x, high.x].flatMap { x in
      [low.y, high.y].flatMap { y in [low.z, high.z].map { Vector3(x, y, $0) } }
    }
  }

  private static func text(_ point: Vector3) -> String { "(\(point.x), \(point.y), \(point.z))" }

  /// A camera that does not show the objects makes every policy blind, and says nothing about it.
  private mutating func checkView(of setup: Setup) {
    let camera = setup.primary.camera
    let aspectRatio = Double(setup.primary.width) / Double(setup.primary.height)
    guard setup.primary.link == nil else { return }
    let region = training.region
    let corners = [
      region.min, Vector2(region.max.x, region.min.y), region.max,
      Vector2(region.min.x, region.max.y),
    ]
    for corner in corners {
      guard let seen = camera.project(Vector3(corner, z: 0), aspectRatio: aspectRatio),
        (0...1).contains(seen.x),
        (0...1).contains(seen.y), seen.depth < camera.farDistance
      else {
        return complain(
          training.place,
          "the primary camera of '\(setup.name)' does not show the corner (\(corner.x), \(corner.y)) of the region",
          mend: "point it at the region, or widen its view")
      }
    }
    let middle = Vector3((region.min + region.max) / 2, z: 0)
    guard let depth = camera.project(middle)?.depth else { return }
    let pixels =
      Self.smallThing * Double(setup.primary.height)
      * 0.5 / tan(camera.verticalFieldOfView / 2) / depth
    if pixels < Self.fewestPixels {
      complain(
        training.place,
        "in the primary camera of '\(setup.name)' a thing of 4 cm is \(Int(pixels)) pixels across",
        mend: "bring the camera nearer or narrow its view, to at least \(Int(Self.fewestPixels))")
    }
  }

  /// The size of a small object [m], and how many pixels of it a policy must see.
  private static let smallThing = 0.04
  private static let fewestPixels = 8.0

  /// Words that tell apart, and unseen ones that are unseen.
  private mutating func checkWords() {
    var owners: [String: String] = [:]
    for name in training.objects {
      guard let words = catalog.objects[name]?.words else { continue }
      for phrase in [words.phrase] + words.variants {
        if let other = owners.updateValue(name, forKey: phrase), other != name {
          complain(
            words.place ?? FilePlace(file: "Scenes/objects/\(name).yaml", key: "words"),
            "'\(phrase)' is a name of '\(other)' too, and training shows both",
            mend: "name them apart")
        }
      }
    }
    for name in catalog.objectNames {
      for unseen in catalog.objects[name]?.words.unseen ?? [] where owners[unseen] != nil {
        complain(
          catalog.objects[name]?.words.place
            ?? FilePlace(file: "Scenes/objects/\(name).yaml", key: "words"),
          "'\(unseen)' is a name that training uses", mend: "take it out of `unseen`")
      }
    }
  }
}

extension Robot {
  /// Whether the hand can be at a point, pointing down.
  ///
  /// - Parameter position: in the base frame [m].
  func reaches(_ position: Vector3) -> Bool {
    let slack = 1e-9
    let (low, high) = (workspace.min, workspace.max)
    guard
      position.x >= low.x - slack, position.y >= low.y - slack, position.z >= low.z - slack,
      position.x <= high.x + slack, position.y <= high.y + slack, position.z <= high.z + slack
    else { return false }
    return arm.inverseKinematics(
      baseFromGripper: .topDownGripper(at: position, yaw: 0),
      near: arm.rest) != nil
  }
}
