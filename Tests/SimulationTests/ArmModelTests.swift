import Foundation
import Geometry
import RandomNumbers
import Testing

@testable import Simulation

/// Rounding of the stored numbers and of two dozen multiplications [m, or quaternion units].
private let kinematicTolerance = 2e-9

/// A pose computed by MuJoCo 4.0.0 from a chain with the lengths of `wx250s.urdf.xacro`.
struct ReferencePose: Sendable, CustomTestStringConvertible {
  let name: String
  let jointAngles: [Double]
  let position: Vector3
  let rotation: Rotation
  var testDescription: String { name }
}

let referencePoses = [
  ReferencePose(
    name: "zero", jointAngles: [0, 0, 0, 0, 0, 0],
    position: Vector3(0.458325, 0.0, 0.36065),
    rotation: Rotation(w: 1.0, x: 0.0, y: 0.0, z: 0.0)),
  ReferencePose(
    name: "home of the menagerie", jointAngles: [0, -0.96, 1.16, 0, -0.3, 0],
    position: Vector3(0.226534157, 0.0, 0.260948528),
    rotation: Rotation(w: 0.99875026, x: 0.0, y: -0.049979169, z: 0.0)),
  ReferencePose(
    name: "over the table", jointAngles: [0.3, -0.35, 0.6, 0, 1.3, -0.2],
    position: Vector3(0.197310408, 0.061035262, 0.142160644),
    rotation: Rotation(w: 0.692430796, x: -0.174564089, y: 0.677744215, z: 0.175299031)),
  ReferencePose(
    name: "forearm rolled", jointAngles: [-1.2, 0.5, -0.7, 2.1, 1.0, -2.5],
    position: Vector3(0.280968314, -0.404820976, 0.438905197),
    rotation: Rotation(w: 0.871025094, x: -0.400580703, y: -0.215081838, z: -0.18598438)),
  ReferencePose(
    name: "behind the base", jointAngles: [2.5, 1.3, 0.2, -1.4, -1.1, 0.9],
    position: Vector3(-0.324435599, 0.068525482, -0.189835752),
    rotation: Rotation(w: 0.231239166, x: 0.332189017, y: -0.290440311, z: -0.867077465)),
  ReferencePose(
    name: "hand turned over", jointAngles: [-0.4, -0.9, 1.5, 0.7, 0.8, 3.0],
    position: Vector3(0.105431692, 0.034987674, 0.029672685),
    rotation: Rotation(w: 0.403181094, x: -0.741328196, y: 0.071755236, z: 0.531722387)),
]

private let arm = ArmModel.widowX250

private func randomAngles(_ stream: inout RandomStream) -> [Double] {
  arm.jointLimits.map { stream.uniform(in: $0) }
}

private func difference(_ a: RigidTransform, _ b: RigidTransform) -> Double {
  max(
    (a.translation - b.translation).length, (a.rotation.inverse * b.rotation).rotationVector.length)
}

@Suite struct ForwardKinematics {
  @Test(arguments: referencePoses)
  func `agrees with MuJoCo`(_ reference: ReferencePose) {
    let pose = arm.baseFromGripper(reference.jointAngles)
    #expect((pose.translation - reference.position).length < kinematicTolerance)
    let turn = pose.rotation.inverse * reference.rotation
    #expect(turn.rotationVector.length < 10 * kinematicTolerance)
  }

  /// The product of exponentials (Lynch and Park 2017, §4.1) of the manufacturer's screw axes:
  /// `wx250s` in `mr_descriptions.py` of Interbotix/interbotix_ros_toolboxes.
  @Test func `agrees with the manufacturer's screw axes`() {
    let axes: [(direction: Vector3, point: Vector3)] = [
      (.unitZ, .zero), (.unitY, Vector3(0, 0, 0.11065)), (.unitY, Vector3(0.04975, 0, 0.36065)),
      (.unitX, Vector3(0, 0, 0.36065)), (.unitY, Vector3(0.29975, 0, 0.36065)),
      (.unitX, Vector3(0, 0, 0.36065)),
    ]
    var stream = RandomStream(seed: 1)
    for _ in 0..<200 {
      let angles = randomAngles(&stream)
      var product = RigidTransform.identity
      for (axis, angle) in zip(axes, angles) {
        let rotation = Rotation(about: axis.direction, byRadians: angle)
        product =
          product
          * RigidTransform(rotation: rotation, translation: axis.point - rotation * axis.point)
      }
      product = product * RigidTransform(translation: Vector3(0.458325, 0, 0.36065))
      #expect(difference(arm.baseFromGripper(angles), product) < 1e-7)
    }
  }

  @Test func `gives a frame for every link`() {
    let frames = arm.forwardKinematics([0, 0, 0, 0, 0, 0])
    #expect(frames.count == arm.linkNames.count)
    #expect(frames[3].translation == Vector3(0.04975, 0, 0.36065))
  }
}

@Suite struct InverseKinematics {
  @Test func `brings the gripper where it was asked to`() throws {
    var stream = RandomStream(seed: 2)
    for _ in 0..<5_000 {
      let angles = randomAngles(&stream)
      let near = randomAngles(&stream)
      let pose = arm.baseFromGripper(angles)
      let found = try #require(arm.inverseKinematics(baseFromGripper: pose, near: near))
      #expect(arm.isWithinLimits(found))
      #expect(difference(arm.baseFromGripper(found), pose) < 2e-5)
    }
  }

  @Test func `keeps the branch of joints that are near`() throws {
    var stream = RandomStream(seed: 3)
    for _ in 0..<2_000 {
      let angles = randomAngles(&stream)
      // Where wrist axes line up the angles are not unique, and that is another test.
      guard abs(sin(angles[4])) > 0.02 else { continue }
      let near = angles.map { $0 + stream.uniform(in: -1e-3...1e-3) }
      let found = try #require(
        arm.inverseKinematics(baseFromGripper: arm.baseFromGripper(angles), near: near))
      for joint in angles.indices { #expect(abs(found[joint] - angles[joint]) < 1e-4) }
    }
  }

  @Test(arguments: [-0.9, 0.0, 1.7])
  func `keeps the forearm's roll where the wrist axes line up`(_ roll: Double) throws {
    let pose = arm.baseFromGripper([0.2, -0.3, 0.4, 0.5, 0, 0.6])
    let found = try #require(
      arm.inverseKinematics(baseFromGripper: pose, near: [0.2, -0.3, 0.4, roll, 0, 0]))
    #expect(abs(found[3] - roll) < 1e-9)
    #expect(difference(arm.baseFromGripper(found), pose) < 1e-6)
  }

  @Test func `keeps the waist's angle where the wrist is over it`() throws {
    // The elbow straight back over the base's axis: found by folding the forearm up.
    let up = Rotation(columns: .unitZ, .unitY, -.unitX)
    let tool = 0.065 + 0.093575
    let pose = RigidTransform(rotation: up, translation: Vector3(0, 0, 0.42 + tool))
    let found = try #require(
      arm.inverseKinematics(baseFromGripper: pose, near: [0.8, 0, 0, 0, 0, 0]))
    #expect(abs(found[0] - 0.8) < 1e-9)
    #expect(difference(arm.baseFromGripper(found), pose) < 1e-6)
  }

  @Test func `answers nil out of reach`() {
    let down = Rotation(columns: -.unitZ, .unitY, .unitX)
    for position in [Vector3(0.9, 0, 0.1), Vector3(0, 0, 2), Vector3(0.05, 0, -0.5)] {
      let pose = RigidTransform(rotation: down, translation: position)
      #expect(arm.inverseKinematics(baseFromGripper: pose, near: [0, 0, 0, 0, 0, 0]) == nil)
    }
  }

  @Test func `reaches all of the table with the hand pointing down`() {
    let down = Rotation(columns: -.unitZ, .unitY, .unitX)
    for x in stride(from: 0.15, through: 0.4, by: 0.05) {
      for y in stride(from: -0.2, through: 0.2, by: 0.05) {
        // The far corners are 1 cm too far at the height of 20 cm.
        for z in [0.01, 0.1, 0.15] {
          let pose = RigidTransform(rotation: down, translation: Vector3(x, y, z))
          let found = arm.inverseKinematics(baseFromGripper: pose, near: [0, 0, 0, 0, 0, 0])
          #expect(found != nil, "x \(x) y \(y) z \(z)")
        }
      }
    }
  }
}
