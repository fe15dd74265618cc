import Geometry
import Simulation
import StrictYAML

/// How a robot's file writes its arm and its gripper. Angles of joints are in radians, as makers publish them.
extension YAMLValue {
  /// A chain of hinges, from base to hand.
  func arm() throws -> ArmModel {
    let entries = try mapping(knownKeys: ["name", "baseLink", "joints", "gripper", "rest"])
    let list = try entries.required("joints")
    let joints = try list.list().map { try $0.joint() }
    guard !joints.isEmpty else {
      throw list.error("an arm needs a joint", mend: "list its joints from base to hand")
    }
    let baseLink = try entries["baseLink"]?.string() ?? "base"
    let links = [baseLink] + joints.map(\.link) + [ArmModel.gripperLink]
    for names in [links, joints.map(\.name)] {
      if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
        throw list.error(
          "'\(names[twice])' occurs twice",
          mend: "give every joint and every link a name of its own; the last frame is 'gripper'")
      }
    }
    return ArmModel(
      name: try entries.required("name").string(), baseLink: baseLink, joints: joints,
      lastLinkFromGripper: try entries.required("gripper").placement(),
      rest: try entries["rest"]?.posture(of: joints))
  }

  private func joint() throws -> ArmJoint {
    let entries = try mapping(knownKeys: ["name", "at", "turn", "axis", "limits", "link"])
    return ArmJoint(
      name: try entries.required("name").string(),
      parentFromJoint: RigidTransform(
        rotation: try entries["turn"]?.rotationInDegrees() ?? .identity,
        translation: try entries["at"]?.vector3() ?? .zero),
      axis: try entries["axis"]?.axis() ?? .unitZ,
      limits: try entries.required("limits").range(within: .jointAngle),
      link: try entries.required("link").string())
  }

  /// `x`, `y`, `z` or a vector.
  private func axis() throws -> Vector3 {
    if isScalar {
      switch try string() {
      case "x": return .unitX
      case "y": return .unitY
      case "z": return .unitZ
      case let other: throw error("'\(other)' is no axis", mend: "write x, y, z or [x, y, z]")
      }
    }
    let axis = try vector3()
    guard axis.length > 1e-9 else { throw error("the axis is zero", mend: "write x, y or z") }
    return axis
  }

  private func posture(of joints: [ArmJoint]) throws -> [Double] {
    let angles = try numbers(joints.count)
    for (angle, joint) in zip(angles, joints) where !joint.limits.contains(angle) {
      throw error(
        "\(angle) rad is outside the limits of '\(joint.name)'",
        mend: "keep it within \(joint.limits.lowerBound)…\(joint.limits.upperBound)")
    }
    return angles
  }

  /// Two fingers and a palm, full sizes [m].
  func gripper() throws -> Gripper {
    let entries = try mapping(knownKeys: ["opening", "finger", "palm", "pivot"])
    let finger = try entries.required("finger").mapping(
      knownKeys: ["length", "thickness", "width", "pad"])
    let opening = try entries.required("opening").length()
    let palm = try entries.required("palm")
    let palmSize = try palm.vector3()
    guard palmSize.min() > 0 else {
      throw palm.error("a palm has three positive sizes", mend: "write [length, across, width]")
    }
    let pivot = try entries["pivot"]?.length()
    if let pivot, pivot < opening / 2, let entry = entries["pivot"] {
      throw entry.error(
        "a finger of \(pivot) m cannot swing out by \(opening / 2) m",
        mend: "write how far the pivot is behind the fingertips")
    }
    let length = try finger.required("length").length()
    return Gripper(
      motion: pivot.map { .pivoting(reach: $0) } ?? .parallel, maximumOpening: opening,
      fingerHalfThickness: try finger.required("thickness").length() / 2,
      fingerHalfWidth: try finger.required("width").length() / 2, fingerLength: length,
      padLength: try finger["pad"].map { min(try $0.length(), length) },
      palmHalfSize: palmSize / 2)
  }

  /// Where something sits: `{at: [x, y, z], turn: [roll, pitch, yaw]}`, in metres and degrees.
  func placement() throws -> RigidTransform {
    let entries = try mapping(knownKeys: ["at", "turn"])
    return RigidTransform(
      rotation: try entries["turn"]?.rotationInDegrees() ?? .identity,
      translation: try entries["at"]?.vector3() ?? .zero)
  }
}
