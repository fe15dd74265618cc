import Geometry

extension ArmModel {
  /// Where every link is when the joints have the given angles.
  ///
  /// - Parameter jointAngles: [rad], from base to hand; missing ones count as zero.
  /// - Returns: `baseFromLink` for each of `linkNames`; the last is `baseFromGripper`.
  public func forwardKinematics(_ jointAngles: [Double]) -> [RigidTransform] {
    var frames: [RigidTransform] = [.identity]
    frames.reserveCapacity(joints.count + 2)
    var baseFromLink = RigidTransform.identity
    for (index, joint) in joints.enumerated() {
      let angle = index < jointAngles.count ? jointAngles[index] : 0
      baseFromLink =
        baseFromLink * joint.parentFromJoint
        * RigidTransform(rotation: Rotation(about: joint.axis, byRadians: angle))
      frames.append(baseFromLink)
    }
    frames.append(baseFromLink * lastLinkFromGripper)
    return frames
  }

  /// The gripper's pose when the joints have the given angles [rad].
  public func baseFromGripper(_ jointAngles: [Double]) -> RigidTransform {
    forwardKinematics(jointAngles)[joints.count + 1]
  }

  /// Whether every angle [rad] lies within its joint's limits.
  public func isWithinLimits(_ jointAngles: [Double]) -> Bool {
    jointAngles.count == joints.count
      && zip(jointAngles, joints).allSatisfy { $1.limits.contains($0) }
  }
}
