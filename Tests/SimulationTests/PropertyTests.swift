import Foundation
import Geometry
import RandomNumbers
import Testing

@testable import Simulation

/// Six bodies of every kind: container, plate, fixed rack and things to hold.
private func clutter() throws -> (TabletopModel, [RigidTransform]) {
  let model = try tabletop([
    TestBodies.pot("pot", width: 0.13, height: 0.05),
    TestBodies.plate("plate", radius: 0.07),
    TestBodies.block("rack", size: Vector3(0.10, 0.06, 0.08), isFixed: true),
    TestBodies.cylinder("cup", radius: 0.03, height: 0.07),
    TestBodies.block("carrot", size: Vector3(0.10, 0.03, 0.03)),
    TestBodies.cylinder("can", radius: 0.028, height: 0.10),
  ])
  let poses = [
    at(0.30, 0.12), at(0.30, -0.10), at(0.42, 0.0), at(0.20, 0.02), at(0.30, -0.10, 0.012),
    at(0.20, -0.08),
  ]
  return (model, poses)
}

/// A hand that goes for one body after the other, closes, carries it off and lets go, all unsteadily.
private struct Fumbler {
  var stream: RandomStream
  private var place = Vector3(0.3, 0, 0.1)
  private var gripper = 1.0

  init(seed: Int) { stream = RandomStream(seed: UInt64(seed)) }

  mutating func command(at step: Int, in world: World) -> ArmCommand {
    let hand = world.baseFromGripper
    switch step % 40 {
    case 0:
      place = world.position(of: stream.integer(below: 6)) + Vector3(0, 0, 0.12)
      gripper = 1
      if step % 80 == 0 {
        // Upright again, else the hand soon points anywhere.
        let turn = (handDown * hand.rotation.inverse).rollPitchYaw
        return ArmCommand(rotation: Vector3(turn.roll, turn.pitch, turn.yaw), gripper: 1)
      }
    case 8: place.z -= stream.uniform(in: 0.09...0.12)
    case 18: gripper = 0
    case 20:
      place =
        world.position(of: stream.integer(below: 6))
        + Vector3(
          stream.uniform(in: -0.05...0.05), stream.uniform(in: -0.05...0.05),
          stream.uniform(in: 0.05...0.2))
    case 33: gripper = stream.chance(0.7) ? 1 : 0
    default: break
    }
    let way = place - hand.translation
    let noise = stream.chance(0.3) ? 0.01 : 0.001
    let turn =
      stream.chance(0.15)
      ? Vector3(
        stream.uniform(in: -0.2...0.2), stream.uniform(in: -0.2...0.2),
        stream.uniform(in: -0.3...0.3)) : .zero
    return ArmCommand(
      translation: way * (0.03 / max(way.length, 0.03))
        + Vector3(
          stream.uniform(in: -noise...noise), stream.uniform(in: -noise...noise),
          stream.uniform(in: -noise...noise)),
      rotation: turn, gripper: stream.chance(0.02) ? 1 - gripper : gripper)
  }
}

@Suite struct RandomCommands {
  @Test func `keep every world sound`() throws {
    let (model, poses) = try clutter()
    var (grasps, supports) = (0, Set<Support>())
    for seed in 0..<12 {
      var hand = Fumbler(seed: seed)
      var state = try world(model, poses)
      for step in 0..<400 {
        let held = state.grasp?.body
        state.advance(applying: hand.command(at: step, in: state))
        try expectSound(state, model, "seed \(seed) step \(step)")
        if held == nil, state.grasp != nil { grasps += 1 }
        if let held, state.grasp == nil { supports.insert(state.supporter(of: held, in: model)) }
      }
    }
    // The runs must have been about something: bodies held, and let go in more than one place.
    #expect(grasps > 20)
    #expect(supports.count >= 3)
  }

  private func expectSound(_ state: World, _ model: TabletopModel, _ place: String) throws {
    let overlap = state.restingOverlap(in: model)
    try #require(overlap <= model.rules.penetrationTolerance, "\(place): overlap of \(overlap) m")
    for body in model.bodies.indices {
      let pose = state.worldFromBody[body]
      try #require(pose.translation.isFinite, "\(place): \(model.bodies[body].name)")
      if state.supporter(of: body, in: model) == .gripper || state.cargo.contains(body) { continue }
      try #require(
        state.supporter(of: body, in: model) != .none,
        "\(place): \(model.bodies[body].name) floats at \(pose.translation)")
      try #require(
        model.isOnTable(body, at: pose), "\(place): \(model.bodies[body].name) off table")
    }
    try #require(model.arm.isWithinLimits(state.jointAngles), "\(place)")
    let pose = model.arm.baseFromGripper(state.jointAngles)
    try #require((pose.translation - state.baseFromGripper.translation).length < 1e-4, "\(place)")
  }

  @Test func `replay to the same world`() throws {
    let (model, poses) = try clutter()
    func run() throws -> World {
      var hand = Fumbler(seed: 7)
      var state = try world(model, poses)
      for step in 0..<400 {
        state.advance(applying: hand.command(at: step, in: state))
      }
      return state
    }
    #expect(try run() == run())
  }

  @Test func `a copy goes its own way`() throws {
    let (model, poses) = try clutter()
    var state = try world(model, poses)
    state.send(to: Vector3(0.2, 0.02, 0.1), gripper: 1, in: model)
    let snapshot = state
    var branch = state
    branch.send(to: Vector3(0.2, 0.02, 0.02), gripper: 1, in: model)
    branch.grip(0, in: model)
    #expect(branch.grasp?.body == 3)
    #expect(state == snapshot)
    #expect(state.advanced(applying: ArmCommand(gripper: 1)).step == state.step + 1)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300])
  func `survive commands that are no numbers`(_ value: Double) throws {
    let (model, poses) = try clutter()
    var state = try world(model, poses)
    let bad = Vector3(value, value, value)
    state.advance(applying: ArmCommand(translation: bad, rotation: bad, gripper: value))
    try expectSound(state, model, "\(value)")
  }
}
