import Geometry

extension ArmModel {
  /// The joint angles that bring the gripper to a pose, near the present ones.
  ///
  /// The exact formula where the arm has one, of its solutions the nearest; else a search that starts from
  /// the present angles, then from the posture at rest, then from a fixed list of postures
  /// (`DampedLeastSquares`). The same bits each time: no clock and no chance is in it.
  ///
  /// - Parameters:
  ///   - baseFromGripper: the pose asked for.
  ///   - present: angles [rad] to stay near to, from base to hand; missing ones count as at rest.
  /// - Returns: an angle for each joint, within its limits; nil where no posture was found.
  public func inverseKinematics(
    baseFromGripper: RigidTransform, near present: [Double]
  ) -> [Double]? {
    var angles = joints.indices.map { $0 < present.count ? present[$0] : rest[$0] }
    if follow(baseFromGripper, moving: &angles) { return angles }
    guard sphericalWrist == nil else { return nil }
    return DampedLeastSquares(arm: self).search(baseFromGripper)
  }

  /// Moves the joints so that the gripper is at a pose; false, and nothing moved, where they cannot follow.
  ///
  /// Unlike `inverseKinematics` it does not look for a posture elsewhere: an arm in motion cannot jump to one.
  ///
  /// - Parameter jointAngles: one angle for each joint [rad], within its limits.
  func follow(_ baseFromGripper: RigidTransform, moving jointAngles: inout [Double]) -> Bool {
    guard let sphericalWrist else {
      return DampedLeastSquares(arm: self).follow(baseFromGripper, moving: &jointAngles)
    }
    var present = JointAngles.zero
    for joint in 0..<SphericalWrist.jointCount { present[joint] = jointAngles[joint] }
    guard let angles = sphericalWrist.solve(baseFromGripper: baseFromGripper, near: present)
    else { return false }
    for joint in 0..<SphericalWrist.jointCount { jointAngles[joint] = angles[joint] }
    return true
  }
}
