import Foundation
import Geometry

/// Six joint angles [rad] in the first lanes, without a heap allocation.
typealias JointAngles = SIMD8<Double>

/// The exact inverse kinematics of a six-joint arm whose last three axes meet in one point.
///
/// Joint axes at zero angles, from base to hand: waist z, shoulder y, elbow y, forearm roll x, wrist
/// angle y, wrist rotate x; every link's frame has the base's axes then. The WidowX 250 is such an arm.
struct SphericalWrist: Sendable, Hashable {
  /// From the base's origin up to the waist's frame [m].
  private let waistHeight: Double
  /// From the waist's frame up to the shoulder's axis [m].
  private let shoulderHeight: Double
  /// From the shoulder's axis to the elbow's, forward (x) and up (z), at zero angles [m].
  private let elbowOffset: Vector2
  /// From the shoulder's axis to the elbow's [m].
  private let upperArmLength: Double
  /// From the elbow's axis to the wrist's center [m].
  private let forearmLength: Double
  /// From the wrist's center to the point between the fingertips [m].
  private let toolLength: Double
  private let jointLimits: [ClosedRange<Double>]

  static let jointCount = 6

  /// Nil where the chain is of another kind.
  init?(joints: [ArmJoint], lastLinkFromGripper: RigidTransform) {
    let axes: [Vector3] = [.unitZ, .unitY, .unitY, .unitX, .unitY, .unitX]
    let offsets = joints.map(\.parentFromJoint.translation) + [lastLinkFromGripper.translation]
    let rotations = joints.map(\.parentFromJoint.rotation) + [lastLinkFromGripper.rotation]
    guard joints.map(\.axis) == axes, rotations.allSatisfy({ $0 == .identity }),
      offsets[0].xy == .zero, offsets[1].xy == .zero, offsets[2].y == 0,
      offsets[3...].allSatisfy({ $0.y == 0 && $0.z == 0 }),
      // Rolls are found within ±π only.
      [3, 5].allSatisfy({ roll in
        abs(joints[roll].limits.lowerBound + .pi) < 1e-4
          && abs(joints[roll].limits.upperBound - .pi) < 1e-4
      })
    else { return nil }
    waistHeight = offsets[0].z
    shoulderHeight = offsets[1].z
    elbowOffset = Vector2(offsets[2].x, offsets[2].z)
    upperArmLength = elbowOffset.length
    forearmLength = offsets[3].x + offsets[4].x
    toolLength = offsets[5].x + offsets[6].x
    jointLimits = joints.map(\.limits)
  }

  /// The joint angles that bring the gripper to a pose, of up to eight solutions the one nearest the present.
  ///
  /// Pieper 1968; Siciliano et al. 2009, §2.12: the wrist's center gives waist, shoulder and elbow, what
  /// is left of the rotation gives the three wrist angles. Where two wrist axes line up only the sum of
  /// their angles is given, and the forearm keeps the roll it has; the waist keeps its angle where the
  /// wrist's center lies on its axis.
  ///
  /// - Parameter present: angles [rad] to stay near to, in the sense of least squares.
  /// - Returns: nil where the pose is out of reach.
  func solve(baseFromGripper: RigidTransform, near present: JointAngles) -> JointAngles? {
    let columns = baseFromGripper.rotation.columns
    let center = baseFromGripper.translation - toolLength * columns.x
    let height = center.z - waistHeight - shoulderHeight
    let radius = center.xy.length
    let upper = upperArmLength
    let fore = forearmLength

    let cosine =
      (radius * radius + height * height - upper * upper - fore * fore) / (2 * upper * fore)
    guard abs(cosine) <= 1 else { return nil }
    let bend = acos(cosine)
    let elevation = atan2(elbowOffset.y, elbowOffset.x)
    let heading = radius > 1e-9 ? atan2(center.y, center.x) : present[0]
    // From the line shoulder–wrist up to the upper arm.
    let lift = atan2(fore * sin(bend), upper + fore * cosine)

    var best: JointAngles?
    var leastCost = Double.infinity
    for facing in 0..<2 {
      let waist = facing == 0 ? heading : (heading > 0 ? heading - .pi : heading + .pi)
      guard jointLimits[0].contains(waist) else { continue }
      let slope = atan2(height, facing == 0 ? radius : -radius)
      for side in [1.0, -1.0] {
        let shoulder = wrapped(elevation - slope - side * lift)
        let elbow = wrapped(side * bend - elevation)
        guard jointLimits[1].contains(shoulder), jointLimits[2].contains(elbow) else { continue }
        let pitch = shoulder + elbow
        // The gripper's axes seen from the upper forearm: rows of Ry(−pitch) Rz(−waist).
        let (cw, sw) = (cos(waist), sin(waist))
        let (cp, sp) = (cos(pitch), sin(pitch))
        let rowX = Vector3(cp * cw, cp * sw, -sp)
        let rowY = Vector3(-sw, cw, 0)
        let rowZ = Vector3(sp * cw, sp * sw, cp)
        let sine = hypot(rowY.dot(columns.x), rowZ.dot(columns.x))
        let angle = atan2(sine, rowX.dot(columns.x))
        for flip in [1.0, -1.0] {
          var candidate = JointAngles.zero
          candidate[0] = waist
          candidate[1] = shoulder
          candidate[2] = elbow
          candidate[4] = flip * angle
          if sine > 1e-9 {
            candidate[3] = atan2(flip * rowY.dot(columns.x), -flip * rowZ.dot(columns.x))
            candidate[5] = atan2(flip * rowX.dot(columns.y), flip * rowX.dot(columns.z))
          } else {
            let sum = atan2(rowZ.dot(columns.y), rowY.dot(columns.y))
            // Straight (angle 0) the rolls add up, folded back (angle π) they subtract.
            candidate[3] = present[3]
            candidate[5] = wrapped(angle < 1 ? sum - present[3] : present[3] - sum)
          }
          guard jointLimits[4].contains(candidate[4]) else { continue }
          candidate[3] = clampedRoll(candidate[3], 3)
          candidate[5] = clampedRoll(candidate[5], 5)
          let difference = candidate - present
          let cost = (difference * difference).sum()
          if cost < leastCost {
            leastCost = cost
            best = candidate
          }
        }
      }
    }
    return best
  }

  /// The angle itself, moved off the last hundredth of a milliradian before ±π that the limits leave out.
  private func clampedRoll(_ angle: Double, _ joint: Int) -> Double {
    min(max(angle, jointLimits[joint].lowerBound), jointLimits[joint].upperBound)
  }

  /// The same angle within −π…π.
  private func wrapped(_ angle: Double) -> Double {
    angle - 2 * .pi * (angle / (2 * .pi)).rounded()
  }
}
