import Foundation
import Geometry

/// Numeric inverse kinematics of a chain of any number of hinges, deterministic.
///
/// Damped least squares (Nakamura and Hanafusa 1986; Wampler 1986) whose damping shrinks with the error left
/// (Sugihara 2011, "Solvability-unconcerned inverse kinematics by the Levenberg–Marquardt method"). A joint at
/// its limit that would go beyond is left out of the step. Spare joints of a redundant arm are drawn a little
/// to the posture at rest, in the null space (Liégeois 1977).
struct DampedLeastSquares {
  let arm: ArmModel

  /// The most steps from one start.
  private static let iterations = 60
  /// Steps without getting at least a hundredth nearer, after which a start is given up.
  private static let patience = 10
  /// Postures that a search starts from, beside the one at rest.
  private static let starts = 60
  /// The largest turn of a joint in one step [rad].
  private static let longestStep = 0.6
  /// What a turn of the gripper by one radian counts as [m].
  private static let radian = 0.25
  /// The error that counts as none [m].
  private static let tolerance = 1e-10
  /// How far toward rest spare joints go in each of the first two steps, of the way there.
  private static let restShare = 0.05

  /// Moves the joints from where they are; false, and nothing moved, where that does not reach the pose.
  func follow(_ baseFromGripper: RigidTransform, moving jointAngles: inout [Double]) -> Bool {
    var search = LeastSquaresState(joints: jointAngles.count)
    var angles = jointAngles
    guard descend(to: baseFromGripper, from: &angles, &search) else { return false }
    jointAngles = angles
    return true
  }

  /// Starts from the posture at rest, then from postures spread evenly over the joints' limits.
  func search(_ baseFromGripper: RigidTransform) -> [Double]? {
    var state = LeastSquaresState(joints: arm.jointCount)
    for start in 0...Self.starts {
      var angles = start == 0 ? arm.rest : posture(start)
      if descend(to: baseFromGripper, from: &angles, &state) { return angles }
    }
    return nil
  }

  /// A point of the additive recurrence of Roberts 2018, which fills the limits evenly.
  private func posture(_ number: Int) -> [Double] {
    // The positive root of xⁿ⁺¹ = x + 1, by its contraction.
    var root = 1.5
    for _ in 0..<40 { root = pow(1 + root, 1 / Double(arm.jointCount + 1)) }
    return arm.joints.enumerated().map { index, joint in
      let share = (0.5 + Double(number) * pow(root, -Double(index + 1)))
        .truncatingRemainder(dividingBy: 1)
      // A joint that turns more than once is started within half a turn of rest.
      let low = max(joint.limits.lowerBound, arm.rest[index] - .pi)
      let high = min(joint.limits.upperBound, arm.rest[index] + .pi)
      return low + share * (high - low)
    }
  }

  private func descend(
    to target: RigidTransform, from angles: inout [Double], _ state: inout LeastSquaresState
  ) -> Bool {
    let isRedundant = arm.jointCount > 6
    var (least, waited) = (Double.infinity, 0)
    for iteration in 0..<Self.iterations {
      let error = linearize(at: angles, target: target, &state)
      let size = (error * error).sum().squareRoot()
      if size < Self.tolerance { return true }
      guard size.isFinite else { return false }
      waited = size < 0.99 * least ? 0 : waited + 1
      least = min(least, size)
      guard waited < Self.patience else { return false }
      for joint in state.isFree.indices {
        state.isFree[joint] = true
        state.pull[joint] =
          isRedundant && iteration < 2
          ? Self.restShare * (arm.rest[joint] - angles[joint]) : 0
      }
      // Each pass takes out joints that would leave their limits; one is enough almost always.
      for _ in 0..<arm.jointCount {
        state.step(against: error, damping: size * size / 2 + 1e-12)
        if !holdBack(angles, &state) { break }
      }
      let longest = state.change.reduce(0) { max($0, abs($1)) }
      let scale = longest > Self.longestStep ? Self.longestStep / longest : 1
      for (index, joint) in arm.joints.enumerated() {
        let angle = angles[index] + scale * state.change[index]
        angles[index] = min(max(angle, joint.limits.lowerBound), joint.limits.upperBound)
      }
    }
    return false
  }

  /// Takes joints that are at a limit and would go beyond it out of the step; says whether there were any.
  private func holdBack(_ angles: [Double], _ state: inout LeastSquaresState) -> Bool {
    var hasChanged = false
    for (index, joint) in arm.joints.enumerated() where state.isFree[index] {
      let change = state.change[index]
      if (change < 0 && angles[index] <= joint.limits.lowerBound)
        || (change > 0 && angles[index] >= joint.limits.upperBound)
      {
        state.isFree[index] = false
        hasChanged = true
      }
    }
    return hasChanged
  }

  /// Fills in the Jacobian's columns; answers the way that is left: three lengths, three weighted turns [m].
  private func linearize(
    at angles: [Double], target: RigidTransform, _ state: inout LeastSquaresState
  ) -> SIMD8<Double> {
    var baseFromLink = RigidTransform.identity
    for (index, joint) in arm.joints.enumerated() {
      let baseFromJoint = baseFromLink * joint.parentFromJoint
      state.axes[index] = baseFromJoint.rotation * joint.axis
      state.places[index] = baseFromJoint.translation
      baseFromLink =
        baseFromJoint
        * RigidTransform(rotation: Rotation(about: joint.axis, byRadians: angles[index]))
    }
    let hand = baseFromLink * arm.lastLinkFromGripper
    for index in angles.indices {
      let axis = state.axes[index]
      state.columns[index] = Self.stacked(axis.cross(hand.translation - state.places[index]), axis)
    }
    return Self.stacked(
      target.translation - hand.translation,
      (target.rotation * hand.rotation.inverse).rotationVector)
  }

  private static func stacked(_ shift: Vector3, _ turn: Vector3) -> SIMD8<Double> {
    SIMD8(
      shift.x, shift.y, shift.z, radian * turn.x, radian * turn.y, radian * turn.z, 0, 0)
  }
}

/// The numbers of one step, kept to use their storage again.
private struct LeastSquaresState {
  /// The Jacobian's columns, six numbers each.
  var columns: [SIMD8<Double>]
  /// Where each hinge is and what it turns about, in the base frame.
  var places: [Vector3]
  var axes: [Vector3]
  /// Which joints may move.
  var isFree: [Bool]
  /// Where spare joints are drawn to [rad].
  var pull: [Double]
  /// The step that was found [rad].
  var change: [Double]
  private var rows: [SIMD8<Double>]

  init(joints: Int) {
    columns = Array(repeating: .zero, count: joints)
    places = Array(repeating: .zero, count: joints)
    axes = Array(repeating: .zero, count: joints)
    isFree = Array(repeating: true, count: joints)
    pull = Array(repeating: 0, count: joints)
    change = Array(repeating: 0, count: joints)
    rows = Array(repeating: .zero, count: 6)
  }

  /// `change` = Jᵀ (J Jᵀ + λ I)⁻¹ (e − J p) + p over the joints that are free.
  mutating func step(against error: SIMD8<Double>, damping: Double) {
    var rest = error
    for row in 0..<6 {
      rows[row] = .zero
      rows[row][row] = damping
    }
    for joint in columns.indices where isFree[joint] {
      let column = columns[joint]
      rest -= pull[joint] * column
      for row in 0..<6 { rows[row] += column[row] * column }
    }
    // The right-hand side rides along in the seventh lane. The matrix is symmetric and positive
    // definite, so that elimination needs no pivoting.
    for row in 0..<6 { rows[row][6] = rest[row] }
    for pivot in 0..<6 {
      for row in (pivot + 1)..<6 {
        rows[row] -= rows[row][pivot] / rows[pivot][pivot] * rows[pivot]
      }
    }
    var solution = SIMD8<Double>.zero
    for row in stride(from: 5, through: 0, by: -1) {
      var sum = rows[row][6]
      for other in (row + 1)..<6 { sum -= rows[row][other] * solution[other] }
      solution[row] = sum / rows[row][row]
    }
    for joint in columns.indices {
      change[joint] = isFree[joint] ? (columns[joint] * solution).sum() + pull[joint] : 0
    }
  }
}
