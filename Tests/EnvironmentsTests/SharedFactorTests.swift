import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Testing

@testable import Environments

/// The factors that have files of their own, each alone: what one changes, at half its strength by half.
struct SharedFactorTests {
  private static let task = TaskCase(suite: "in-distribution", task: "lift")

  /// The state in which an episode under one factor starts.
  private func start(
    _ factor: String, strength: Double = 1, index: Int = 0
  ) throws -> TabletopState {
    let environment = try SharedTabletop.environment()
    let clean = try Self.task.episode(index)
    return try environment.start(
      environment.episode(clean, under: [FactorSetting(name: factor, strength: strength)]))
  }

  private func image(_ state: TabletopState) throws -> Image {
    let environment = try SharedTabletop.environment()
    return try #require(
      environment.observations(of: [state], needs: [.image])[0].primaryImage)
  }

  private func clean(_ index: Int = 0) throws -> TabletopState {
    try SharedTabletop.environment().start(Self.task.episode(index))
  }

  /// How far two pictures' pixels are apart, root mean square.
  private func distance(_ one: Image, _ other: Image) -> Double {
    let sum = zip(one.pixels, other.pixels).reduce(0.0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    }
    return (sum / Double(one.pixels.count)).squareRoot()
  }

  @Test func thereIsAFileForEach() throws {
    let environment = try SharedTabletop.environment()
    #expect(environment.sharedFactors.count == 37)
    let robustness = try #require(
      environment.suiteDefinitions.first { $0.name == "robustness" })
    #expect(robustness.factors.count == 13)
    // Every factor of every suite has a file.
    for suite in environment.suiteDefinitions {
      #expect(Set(suite.factors.keys).isSubset(of: environment.sharedFactors.keys))
    }
    #expect(robustness.tasks.allSatisfy { $0.factors.count == 1 })
  }

  @Test func noiseIsAsLargeAsItIsStrongAndNeverTheSameTwice() throws {
    let environment = try SharedTabletop.environment()
    let picture = try image(try clean())
    let (full, half) = (try start("image-noise"), try start("image-noise", strength: 0.5))
    // Clipping at black and white takes a little of 0.08 of 255.
    #expect(abs(distance(try image(full), picture) - 20.4) < 1.5)
    #expect(abs(distance(try image(half), picture) - 10.2) < 0.8)
    #expect(try image(full) == image(full))
    var later = full
    environment.step(&later, applying: Action(translation: .zero, rotation: .zero, gripper: 1))
    #expect(distance(try image(later), try image(full)) > 20)
  }

  @Test func blurTakesEdgesAndKeepsBrightness() throws {
    func roughness(_ image: Image) -> Double {
      zip(image.pixels, image.pixels.dropFirst(3)).reduce(0.0) {
        $0 + abs(Double($1.0) - Double($1.1))
      }
    }
    func brightness(_ image: Image) -> Double {
      image.pixels.reduce(0.0) { $0 + Double($1) } / Double(image.pixels.count)
    }
    let sharp = try image(try clean())
    let half = try image(try start("image-blur", strength: 0.5))
    let full = try image(try start("image-blur"))
    #expect(roughness(full) < roughness(half) && roughness(half) < roughness(sharp))
    #expect(abs(brightness(full) - brightness(sharp)) < 0.5)
  }

  @Test func exposureIsCountedInStopsOfLight() throws {
    var sensor = Sensor()
    sensor.stops = 1
    let gray = Image(height: 1, width: 1, pixels: [100, 0, 255])
    // 100 is 0.1274 of white in linear light; twice that is 138 again.
    let brighter = sensor.picture(of: gray, stream: RandomStream(seed: 0))
    #expect(brighter.pixels == [138, 0, 255])
    let states = try (0..<6).map { try start("image-exposure", index: $0) }
    #expect(Set(states.map(\.scene.sensing.sensor.stops)) == [-1.3, 1.1])
  }

  @Test func theCameraMovesByWhatTheFileSays() throws {
    let own = try clean().scene.setup.primary.camera.worldFromCamera
    for (strength, shift, turn) in [(1.0, 0.05, 4.0), (0.5, 0.025, 2.0)] {
      let state = try start("camera-pose", strength: strength)
      let moved = state.scene.setup.primary.camera.worldFromCamera
      #expect(abs((moved.translation - own.translation).length - shift) < 1e-9)
      let angle = (moved.rotation * own.rotation.inverse).rotationVector.length
      #expect(abs(angle - turn * .pi / 180) < 1e-9)
      #expect(state.frame.viewingCamera.worldFromCamera == moved)
    }
  }

  @Test(arguments: ["light-direction", "light-color", "light-intensity"])
  func theLightAloneIsOther(_ factor: String) throws {
    let (state, other) = (try start(factor), try clean())
    #expect(try image(state) != image(other))
    #expect(state.world == other.world && state.instruction == other.instruction)
  }

  @Test func lateActionsActLateAndTheExpertReckonsWithIt() throws {
    let environment = try SharedTabletop.environment()
    var state = try start("action-latency")
    let first = state.world.baseFromGripper.translation
    let up = Action(translation: Vector3(0, 0, 0.02), rotation: .zero, gripper: 1)
    for _ in 0..<3 {
      environment.step(&state, applying: up)
      #expect(state.world.baseFromGripper.translation == first)
    }
    environment.step(&state, applying: up)
    #expect(abs(state.world.baseFromGripper.translation.z - first.z - 0.02) < 1e-9)
    #expect(state.waiting.count == 3)
    #expect(state.whenItActs.world.baseFromGripper.translation.z - first.z > 0.079)
  }

  @Test func theHandStartsOutsideOfItsBox() throws {
    for index in 0..<20 {
      let (far, half) = (
        try start("arm-start", index: index), try start("arm-start", strength: 0.5, index: index)
      )
      let near = try clean(index).scene.firstGripper.translation
      let setup = far.scene.setup
      #expect(!setup.startHolds(far.scene.firstGripper.translation))
      let middle = (near + far.scene.firstGripper.translation) / 2
      #expect((half.scene.firstGripper.translation - middle).length < 1e-9)
    }
  }

  @Test func aGraspMustBeMoreExact() throws {
    let rules = try clean().scene.tabletop.rules
    let strict = try start("grasp-tolerance").scene.tabletop.rules
    #expect(abs(strict.graspLateralTolerance - 0.67 * rules.graspLateralTolerance) < 1e-12)
    #expect(strict.graspDepth > rules.graspDepth)
  }

  @Test func aTypoExchangesTwoNeighbors() throws {
    for index in 0..<20 {
      let (said, meant) = (
        try start("typo", index: index).instruction, try clean(index).instruction
      )
      #expect(said != meant && said.sorted() == meant.sorted())
      #expect(zip(said, meant).count { $0 != $1 } == 2)
    }
  }

  @Test func aSentenceHasAnEnd() throws {
    let ends = try (0..<20).map { index in
      let said = try start("trailing-punctuation", index: index).instruction
      let meant = try clean(index).instruction
      #expect(said.hasPrefix(meant))
      return String(said.dropFirst(meant.count))
    }
    #expect(Set(ends) == [".", "!", " ."])
  }

  @Test func whatCannotBeDoneIsNotSolvable() throws {
    let environment = try SharedTabletop.environment()
    func cell(_ factor: String?, _ strength: Double) throws -> Solvability {
      try environment.solvability(
        suite: "in-distribution", task: "lift", factor: factor, strength: strength, episodes: 12,
        seed: 3)
    }
    #expect(try cell(nil, 0).isSolvable && cell("action-latency", 1).isSolvable)
    #expect(environment.factors(ofTask: "lift-typo", in: "robustness") == ["typo"])
    #expect(throws: SceneDrawError.self) { try cell("gravity", 1) }
    var hopeless = try cell(nil, 0)
    hopeless.successes = 11
    #expect(!hopeless.isSolvable)
  }

  @Test func theObjectIsWhereTheWordsSay() throws {
    let environment = try SharedTabletop.environment()
    let task = TaskCase(suite: "robustness", task: "lift-spatial-relation")
    for index in 0..<10 {
      let state = try environment.start(task.episode(index))
      let camera = state.scene.setup.primary.camera
      let places = state.scene.firstPoses.compactMap { camera.project($0.translation)?.x }
      let isLeft = places[0] < places[1]
      #expect(
        state.instruction == "lift the object on the \(isLeft ? "left" : "right")")
    }
  }

  @Test(arguments: [
    ("image-noise", "noise: {deviation: 0.08}", "noise: {deviation: 0}"),
    ("camera-pose", "camera: {shift: 0.05, turn: 4}", "camera: {shift: 0, turn: 0}"),
    ("image-exposure", "stops: [-1.3, 1.1]", "stops: [0]"),
    (
      "light-intensity", "light: {intensity: 0.5, ambient: 0.5}",
      "light: {intensity: 1, ambient: 1.1}"
    ),
    (
      "arm-start", "outer: {min: [0.16, -0.13, 0.11], max: [0.34, 0.13, 0.23]}",
      "outer: {min: [0.21, -0.05, 0.14], max: [0.27, 0.05, 0.16]}"
    ),
  ])
  func aFactorThatChangesNothingIsRefused(_ name: String, _ old: String, _ new: String) throws {
    let root = try SceneRoot()
    try root.edit("Benchmarks/factors/\(name).yaml", replacing: old, by: new)
    let error = try #require(throws: (any Error).self) {
      try TabletopEnvironment(root: root.path)
    }
    #expect("\(error)".contains("Benchmarks/factors/\(name).yaml"), "\(error)")
  }
}
