import Foundation
import Geometry
import RandomNumbers
import Simulation
import Testing

@testable import Environments

/// Rounding of a dozen products of transforms and of the stored numbers [m, quaternion units].
private let kinematicTolerance = 1e-8

/// Gripper poses that MuJoCo computed from the joint geometry of `Scenes/robots`: see `Scripts/reference_kinematics.py`.
private struct ReferenceKinematics: Decodable {
  struct Pose: Decodable {
    var jointAngles: [Double]
    var position: [Double]
    var rotation: [Double]
  }

  var robots: [String: [Pose]]

  static func recorded() throws -> ReferenceKinematics {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/kinematics.json")
    return try JSONDecoder().decode(ReferenceKinematics.self, from: Data(contentsOf: url))
  }
}

private let robotNames = (try? SharedTabletop.environment())?.catalog.robots.keys.sorted() ?? []

@Suite struct RobotKinematics {
  /// Poses drawn in each workspace; `swift run performance simulation` draws 10,000.
  private static let poses = 2000

  private func robot(_ name: String) throws -> Robot {
    try #require(try SharedTabletop.environment().catalog.robots[name])
  }

  @Test(arguments: robotNames)
  func `agrees with MuJoCo`(_ name: String) throws {
    let arm = try robot(name).arm
    let poses = try #require(
      try ReferenceKinematics.recorded().robots[name],
      "run Scripts/reference_kinematics.py for '\(name)'")
    #expect(poses.count >= 20)
    for pose in poses {
      let found = arm.baseFromGripper(pose.jointAngles)
      let position = Vector3(pose.position[0], pose.position[1], pose.position[2])
      let rotation = Rotation(
        w: pose.rotation[0], x: pose.rotation[1], y: pose.rotation[2], z: pose.rotation[3])
      #expect((found.translation - position).length < kinematicTolerance)
      #expect((found.rotation.inverse * rotation).rotationVector.length < kinematicTolerance)
    }
  }

  @Test(arguments: robotNames)
  func `reaches what its joints reach, with the same bits each time`(_ name: String) throws {
    let arm = try robot(name).arm
    var stream = RandomStream(seed: 12).named(name)
    for _ in 0..<100 {
      let pose = arm.baseFromGripper(arm.jointLimits.map { stream.uniform(in: $0) })
      let found = try #require(arm.inverseKinematics(baseFromGripper: pose, near: arm.rest))
      #expect(arm.isWithinLimits(found))
      #expect((arm.baseFromGripper(found).translation - pose.translation).length < 2e-5)
      #expect(found == arm.inverseKinematics(baseFromGripper: pose, near: arm.rest))
    }
  }

  @Test(arguments: robotNames)
  func `reaches all of its workspace with the hand pointing down`(_ name: String) throws {
    let robot = try robot(name)
    let (low, high) = (robot.workspace.min, robot.workspace.max)
    var stream = RandomStream(seed: 13).named(name)
    var missed = 0
    var left = Self.poses
    while left > 0 {
      let place = Vector3(
        stream.uniform(in: low.x...high.x), stream.uniform(in: low.y...high.y),
        stream.uniform(in: low.z...high.z))
      guard robot.mayReach(place) else { continue }
      left -= 1
      let pose = RigidTransform.topDownGripper(at: place, yaw: stream.uniform(in: -1.5...1.5))
      let found = robot.arm.inverseKinematics(baseFromGripper: pose, near: robot.arm.rest)
      if found == nil { missed += 1 }
    }
    #expect(missed <= Self.poses / 1000, "\(missed) of \(Self.poses)")
  }

  @Test(arguments: robotNames)
  func `stands before a table that its workspace is over`(_ name: String) throws {
    let robot = try robot(name)
    #expect(robot.worldFromBase.translation.z + robot.workspace.min.z > 0)
    #expect(robot.worldFromBase.translation.z + robot.workspace.min.z < 0.02)
    #expect(robot.gripper.maximumOpening > 0.05)
  }
}
