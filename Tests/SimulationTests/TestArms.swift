import Geometry

@testable import Simulation

extension ArmModel {
  /// The WidowX 250 with six joints: lengths and limits as in `Scenes/robots/widowx.yaml`.
  static let widowX250 = ArmModel(
    name: "WidowX 250 6DOF",
    joints: [
      joint("waist", Vector3(0, 0, 0.072), .unitZ, fullTurn, "shoulder"),
      joint(
        "shoulder", Vector3(0, 0, 0.03865), .unitY, radians(-108)...radians(114), "upper_arm"),
      joint(
        "elbow", Vector3(0.04975, 0, 0.25), .unitY, radians(-123)...radians(92), "upper_forearm"),
      joint("forearm_roll", Vector3(0.175, 0, 0), .unitX, fullTurn, "lower_forearm"),
      joint("wrist_angle", Vector3(0.075, 0, 0), .unitY, radians(-100)...radians(123), "wrist"),
      joint("wrist_rotate", Vector3(0.065, 0, 0), .unitX, fullTurn, "hand"),
    ],
    lastLinkFromGripper: RigidTransform(translation: Vector3(0.093575, 0, 0)))

  /// Seven joints without a closed form: the Franka Panda's, as in `Scenes/robots/panda.yaml`.
  static let sevenJoints: ArmModel = {
    let limits = [
      -2.8973...2.8973, -1.7628...1.7628, -2.8973...2.8973, -3.0718...(-0.0698),
      -2.8973...2.8973, -0.0175...3.7525, -2.8973...2.8973,
    ]
    let places = [
      (Vector3(0, 0, 0.333), 0.0), (.zero, -90), (Vector3(0, -0.316, 0), 90),
      (Vector3(0.0825, 0, 0), 90), (Vector3(-0.0825, 0.384, 0), -90), (.zero, 90),
      (Vector3(0.088, 0, 0), 90),
    ]
    return ArmModel(
      name: "seven joints",
      joints: places.indices.map { index in
        ArmJoint(
          name: "joint\(index + 1)",
          parentFromJoint: RigidTransform(
            rotation: Rotation(about: .unitX, byRadians: radians(places[index].1)),
            translation: places[index].0),
          axis: .unitZ, limits: limits[index], link: "link\(index + 1)")
      },
      lastLinkFromGripper: RigidTransform(
        rotation: Rotation(roll: 0, pitch: radians(-90), yaw: radians(-45)),
        translation: Vector3(0, 0, 0.107 + 0.1034)),
      rest: [0, 0, 0, -1.57079, 0, 1.57079, 0.7853])
  }()

  private static let fullTurn = (-.pi + 1e-5)...(.pi - 1e-5)

  private static func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }

  private static func joint(
    _ name: String, _ place: Vector3, _ axis: Vector3, _ limits: ClosedRange<Double>,
    _ link: String
  ) -> ArmJoint {
    ArmJoint(
      name: name, parentFromJoint: RigidTransform(translation: place), axis: axis, limits: limits,
      link: link)
  }
}

extension Gripper {
  /// The hand of the WidowX 250.
  static let widowX = Gripper(
    maximumOpening: 0.074, fingerHalfThickness: 0.006, fingerHalfWidth: 0.010, fingerLength: 0.060,
    palmHalfSize: Vector3(0.025, 0.045, 0.020))
}
