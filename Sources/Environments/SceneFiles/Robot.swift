import Geometry
import Rendering
import Simulation
import StrictYAML

/// A robot as it is drawn: a model for each link of its arm, and one for each finger.
public struct Robot: Sendable {
  public var name: String
  public var arm: ArmModel
  /// In the order of `ArmModel.linkNames`; nil where nothing of a link is drawn.
  var links: [Model?]
  /// In the gripper frame with the inner face at y = 0: the one on the side of +y, then the other.
  var fingers: [Model]
  /// The box that the point between the fingertips is kept in, base frame [m].
  var workspace: Workspace
  var worldFromBase: RigidTransform
}

extension Robot {
  /// The robot that a file of `Scenes/robots` describes.
  init(_ file: YAMLValue) throws {
    let entries = try file.mapping(knownKeys: [
      "name", "arm", "base", "workspace", "materials", "links", "fingers",
    ])
    name = try entries.required("name").string()
    let armName = try entries.required("arm")
    guard try armName.string() == "widowx-250" else {
      throw armName.error("unknown arm '\(try armName.string())'", mend: "use widowx-250")
    }
    arm = .widowX250
    worldFromBase = RigidTransform(translation: try entries.required("base").vector3())
    let box = try entries.required("workspace").box()
    workspace = Workspace(min: box.min, max: box.max)
    let materials = try entries["materials"]?.materials() ?? [:]
    var links = [Model?](repeating: nil, count: ArmModel.linkNames.count)
    for (name, value) in try entries.required("links").namedEntries() {
      guard let index = ArmModel.linkNames.firstIndex(of: name) else {
        throw value.error(
          "unknown link '\(name)'",
          mend: "use one of: \(ArmModel.linkNames.joined(separator: ", "))")
      }
      links[index] = try value.drawable(value.list().map { try $0.part(materials: materials) })
    }
    self.links = links
    let finger = try entries.required("fingers").list().map { try $0.part(materials: materials) }
    // The other finger is the mirror image: turned half around the approach axis.
    let half = RigidTransform(rotation: Rotation(about: .unitX, byRadians: .pi))
    fingers = [
      try Model(parts: finger),
      try Model(
        parts: finger.map { part in
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
      let offset = RigidTransform(translation: Vector3(0, side * world.gripperOpening / 2, 0))
      instances.append(Instance(model: model, worldFromModel: worldFromGripper * offset))
    }
    return instances
  }
}
