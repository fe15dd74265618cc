import Foundation
import Geometry
import Rendering
import Simulation
import StrictYAML

/// A robot as it moves and as it is drawn: a model for each link of its arm, and one for each finger.
public struct Robot: Sendable {
  public var name: String
  public var arm: ArmModel
  public var gripper: Gripper
  /// In the order of `arm.linkNames`; nil where nothing of a link is drawn.
  var links: [Model?]
  /// In the gripper frame with the inner face at y = 0: the one on the side of +y, then the other.
  var fingers: [Model]
  /// The box that the point between the fingertips is kept in, base frame [m].
  public var workspace: Workspace
  /// What of the workspace the hand reaches pointing down, where that is not all of it: where it cannot go, it stays.
  public var reach: Reach?
  public var worldFromBase: RigidTransform
}

/// A ball [m].
public struct Reach: Hashable, Sendable {
  /// Its middle, base frame.
  public var center: Vector3
  public var radius: Double
}

extension Robot {
  /// Whether poses of a hand that points down may be asked for at a point, base frame [m].
  public func mayReach(_ point: Vector3) -> Bool {
    let (low, high) = (workspace.min, workspace.max)
    let isInBox =
      point.x >= low.x && point.y >= low.y && point.z >= low.z && point.x <= high.x
      && point.y <= high.y && point.z <= high.z
    return isInBox && reach.map { (point - $0.center).length <= $0.radius } ?? true
  }
}

extension Robot {
  /// The robot that a file of `Scenes/robots` describes.
  init(_ file: YAMLValue) throws {
    let entries = try file.mapping(knownKeys: [
      "name", "arm", "gripper", "base", "workspace", "reach", "materials", "links", "fingers",
    ])
    name = try entries.required("name").string()
    arm = try entries.required("arm").arm()
    gripper = try entries.required("gripper").gripper()
    worldFromBase = try entries.required("base").placement()
    let box = try entries.required("workspace").box()
    workspace = Workspace(min: box.min, max: box.max)
    reach = try entries["reach"]?.reach(into: workspace)
    let materials = try entries["materials"]?.materials() ?? [:]
    var links = [Model?](repeating: nil, count: arm.linkNames.count)
    for (name, value) in try entries.required("links").namedEntries() {
      guard let index = arm.linkNames.firstIndex(of: name) else {
        throw value.error(
          "unknown link '\(name)'",
          mend: "use one of: \(arm.linkNames.joined(separator: ", "))")
      }
      links[index] = try value.drawable(value.list().map { try $0.part(materials: materials) })
    }
    self.links = links
    let fingerEntry = try entries.required("fingers")
    let finger = try fingerEntry.list().map { try $0.part(materials: materials) }
    // The other finger is the mirror image: turned half around the approach axis.
    let half = RigidTransform(rotation: Rotation(about: .unitX, byRadians: .pi))
    fingers = [
      try fingerEntry.drawable(finger),
      try fingerEntry.drawable(
        finger.map { part in
          Part(
            shape: part.shape, material: part.material, bodyFromShape: half * part.bodyFromShape)
        }),
    ]
  }

  /// The robot's drawn links in a world.
  func instances(of world: World) -> [Instance] {
    let frames = arm.forwardKinematics(world.jointAngles).map { worldFromBase * $0 }
    var instances = zip(links, frames).compactMap { model, worldFromLink in
      model.map { Instance(model: $0, worldFromModel: worldFromLink) }
    }
    let worldFromGripper = worldFromBase * world.baseFromGripper
    for (model, side) in zip(fingers, [1.0, -1.0]) {
      let place = gripperFromFinger(side: side, opening: world.gripperOpening)
      instances.append(Instance(model: model, worldFromModel: worldFromGripper * place))
    }
    return instances
  }

  /// Where a drawn finger is: beside the middle, and turned about its pivot where it has one.
  private func gripperFromFinger(side: Double, opening: Double) -> RigidTransform {
    switch gripper.motion {
    case .parallel:
      return RigidTransform(translation: Vector3(0, side * opening / 2, 0))
    case .pivoting(let reach):
      let angle = side * asin(min(1, opening / 2 / reach))
      let turn = Rotation(about: .unitZ, byRadians: angle)
      let pivot = Vector3(-reach, 0, 0)
      return RigidTransform(rotation: turn, translation: pivot - turn * pivot)
    }
  }
}

extension YAMLValue {
  /// A ball, as `{center: [x, y, z], radius: metres}`, some of which is in a workspace.
  fileprivate func reach(into workspace: Workspace) throws -> Reach {
    let entries = try mapping(knownKeys: ["center", "radius"])
    let center = try entries.required("center").vector3()
    let radius = try entries.required("radius").length()
    let nearest = pointwiseMin(pointwiseMax(center, workspace.min), workspace.max)
    if (nearest - center).length >= radius {
      complain(
        "nothing of the workspace is within reach", mend: "enlarge `radius`, or move `center`")
    }
    return Reach(center: center, radius: radius)
  }
}
