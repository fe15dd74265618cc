import Geometry

/// An arm: a chain of hinges from its base to its hand, as its maker's description gives it.
///
/// The gripper frame sits between the fingertips: x points where the fingers point, y is the direction in which
/// they close. Any number of hinges will do; with fewer than six the gripper reaches few poses exactly.
public struct ArmModel: Sendable, Hashable {
  /// The maker's name of the arm.
  public let name: String
  /// From base to hand.
  public let joints: [ArmJoint]
  /// Where the gripper frame is on the last link.
  public let lastLinkFromGripper: RigidTransform
  /// The posture that a search for joint angles begins with, and to which spare joints are drawn [rad].
  public let rest: [Double]
  /// Every link in the order of `forwardKinematics`: the base, what each joint carries, the gripper frame.
  public let linkNames: [String]

  /// The exact solution, where the chain is of a kind that has one.
  let sphericalWrist: SphericalWrist?

  /// - Parameters:
  ///   - baseLink: the name of the link that stands still.
  ///   - rest: one angle for each joint [rad]; zeros where left out.
  public init(
    name: String, baseLink: String = "base", joints: [ArmJoint],
    lastLinkFromGripper: RigidTransform, rest: [Double]? = nil
  ) {
    self.name = name
    self.joints = joints
    self.lastLinkFromGripper = lastLinkFromGripper
    self.rest = joints.indices.map { joint in
      let angle = rest.flatMap { joint < $0.count ? $0[joint] : nil } ?? 0
      return min(max(angle, joints[joint].limits.lowerBound), joints[joint].limits.upperBound)
    }
    linkNames = [baseLink] + joints.map(\.link) + [Self.gripperLink]
    sphericalWrist = SphericalWrist(joints: joints, lastLinkFromGripper: lastLinkFromGripper)
  }

  /// The name of the gripper frame among the links.
  public static let gripperLink = "gripper"

  /// How many joints the arm has, fingers left out.
  public var jointCount: Int { joints.count }

  /// The joints' names, from base to hand.
  public var jointNames: [String] { joints.map(\.name) }

  /// The smallest and largest angle of each joint [rad].
  public var jointLimits: [ClosedRange<Double>] { joints.map(\.limits) }

  /// Whether the inverse kinematics is an exact formula rather than a search.
  public var hasClosedForm: Bool { sphericalWrist != nil }
}
