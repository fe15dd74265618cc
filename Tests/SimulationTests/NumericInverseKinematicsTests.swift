import Geometry
import RandomNumbers
import Testing

@testable import Simulation

/// What the search leaves [m, rad].
private let searchTolerance = 1e-8

private let arm = ArmModel.sevenJoints

private func difference(_ a: RigidTransform, _ b: RigidTransform) -> Double {
  max(
    (a.translation - b.translation).length, (a.rotation.inverse * b.rotation).rotationVector.length)
}

private func randomAngles(of arm: ArmModel, _ stream: inout RandomStream) -> [Double] {
  arm.jointLimits.map { stream.uniform(in: $0) }
}

@Suite struct NumericInverseKinematics {
  @Test func `reaches at least 999 of 1000 poses that the arm can reach`() {
    var stream = RandomStream(seed: 5)
    var missed = 0
    for _ in 0..<1_000 {
      let pose = arm.baseFromGripper(randomAngles(of: arm, &stream))
      guard let found = arm.inverseKinematics(baseFromGripper: pose, near: arm.rest) else {
        missed += 1
        continue
      }
      #expect(arm.isWithinLimits(found))
      #expect(difference(arm.baseFromGripper(found), pose) < searchTolerance)
    }
    #expect(missed <= 1)
  }

  @Test func `gives the same bits each time`() {
    var stream = RandomStream(seed: 6)
    for _ in 0..<100 {
      let pose = arm.baseFromGripper(randomAngles(of: arm, &stream))
      let near = randomAngles(of: arm, &stream)
      let first = arm.inverseKinematics(baseFromGripper: pose, near: near)
      #expect(first == arm.inverseKinematics(baseFromGripper: pose, near: near))
    }
  }

  @Test func `follows a path without leaping`() {
    var angles = arm.rest
    let start = arm.baseFromGripper(angles)
    var stream = RandomStream(seed: 7)
    var target = start
    for _ in 0..<300 {
      let step = Vector3(
        stream.uniform(in: -0.02...0.02), stream.uniform(in: -0.02...0.02),
        stream.uniform(in: -0.02...0.02))
      // Drawn back to where it began, so that the path stays in the middle of the workspace.
      target.translation += step - 0.05 * (target.translation - start.translation)
      let before = angles
      #expect(arm.follow(target, moving: &angles))
      #expect(difference(arm.baseFromGripper(angles), target) < searchTolerance)
      for (old, new) in zip(before, angles) { #expect(abs(new - old) < 0.5) }
    }
  }

  @Test func `leaves the joints alone where it cannot follow`() {
    var angles = arm.rest
    let far = RigidTransform(translation: Vector3(2, 0, 0))
    #expect(!arm.follow(far, moving: &angles))
    #expect(angles == arm.rest)
    #expect(arm.inverseKinematics(baseFromGripper: far, near: arm.rest) == nil)
  }

  /// The search knows nothing of spherical wrists, so the exact formula may judge it.
  @Test func `finds what the closed form finds`() {
    let exact = ArmModel.widowX250
    #expect(exact.hasClosedForm && !arm.hasClosedForm)
    let search = DampedLeastSquares(arm: exact)
    var stream = RandomStream(seed: 8)
    for _ in 0..<300 {
      let angles = randomAngles(of: exact, &stream)
      // At the limits and where wrist axes line up, neighbors of a solution need not be solutions.
      guard abs(angles[4]) > 0.1 else { continue }
      var near = zip(angles, exact.jointLimits).map { angle, limits in
        min(max(angle + stream.uniform(in: -0.05...0.05), limits.lowerBound), limits.upperBound)
      }
      let pose = exact.baseFromGripper(angles)
      #expect(search.follow(pose, moving: &near))
      #expect(difference(exact.baseFromGripper(near), pose) < searchTolerance)
    }
  }
}
