import Foundation
import Geometry
import Testing

@testable import Simulation

/// A start that cannot be, and what is said about it.
private struct BadStart: Sendable, CustomTestStringConvertible {
  let name: String
  var poses = [at(0.2, 0), at(0.3, 0)]
  var hand = Vector3(0.25, 0, 0.25)
  let error: SimulationError
  var testDescription: String { name }
}

private let badStarts = [
  BadStart(
    name: "two bodies in one place", poses: [at(0.2, 0), at(0.23, 0)],
    error: .overlap(first: "left", second: "right", depth: 0.01)),
  BadStart(
    name: "a body missing", poses: [at(0.2, 0)], error: .wrongPoseCount(expected: 2, given: 1)),
  BadStart(
    name: "a body off the table", poses: [at(0.2, 0), at(0.3, 0.39)],
    error: .outsideTable(body: "right")),
  BadStart(
    name: "a body in the table", poses: [at(0.2, 0), at(0.3, 0, -0.01)],
    error: .overlap(first: "table", second: "right", depth: 0.01)),
  BadStart(
    name: "not a number", poses: [at(0.2, 0), at(0.3, .nan)], error: .notFinite(body: "right")),
  BadStart(
    name: "a hand out of reach", hand: Vector3(0.9, 0, 0.2),
    error: .gripperUnreachable(position: Vector3(0.9, 0, 0.2))),
  BadStart(
    name: "a hand in a body", hand: Vector3(0.3, 0.037, 0.02), error: .gripperInside(body: "right")),
  BadStart(
    name: "a hand in the table", hand: Vector3(0.25, 0, -0.015),
    error: .gripperInside(body: "table")),
]

@Suite struct BeginningAWorld {
  @Test(arguments: badStarts)
  private func `a world that cannot be is refused`(_ c: BadStart) throws {
    let size = Vector3(0.04, 0.04, 0.04)
    let model = try tabletop([
      TestBodies.block("left", size: size), TestBodies.block("right", size: size),
    ])
    let error = #expect(throws: SimulationError.self) {
      _ = try world(model, c.poses, hand: c.hand)
    }
    let found = try #require(error)
    if case .overlap(let first, let second, let depth) = found {
      #expect(
        .overlap(first: first, second: second, depth: (depth * 1e6).rounded() / 1e6) == c.error)
    } else {
      #expect(found == c.error)
    }
  }

  @Test func `shapes that are no convex prisms are refused`() throws {
    let dented = [Vector2(0, 0), Vector2(1, 0), Vector2(0.1, 0.1), Vector2(0, 1)]
    for footprint in [dented, [.zero, Vector2(0, 1), Vector2(1, 0)], [.zero, Vector2(1, 0)]] {
      let body = BodyModel(
        name: "odd", prisms: [Prism(footprint: footprint, bottom: 0, top: 1)], centerOfMass: .zero)
      #expect(throws: SimulationError.self) { _ = try tabletop([body]) }
    }
    var pot = TestBodies.pot("pot", width: 0.1, height: 0.05)
    pot.cavity?.footprint = ConvexPolygon.rectangle(size: Vector2(0.104, 0.1)).vertices
    #expect(throws: SimulationError.self) { _ = try tabletop([pot]) }
  }

  @Test func `a free place is told from a taken one`() throws {
    let block = TestBodies.block("block", size: Vector3(0.04, 0.04, 0.04))
    let model = try tabletop([block, block])
    let placed = [at(0.2, 0), nil]
    #expect(model.obstacle(to: 1, at: at(0.23, 0), among: placed) == 0)
    #expect(model.obstacle(to: 1, at: at(0.245, 0), among: placed) == nil)
    #expect(model.obstacle(to: 1, at: at(0.245, 0), among: placed, margin: 0.01) == 0)
    #expect(model.obstacle(to: 1, at: at(0.2, 0, 0.04), among: placed) == nil)
    #expect(model.isPlacementFree(for: 1, at: at(0.245, 0), among: placed))
    #expect(!model.isPlacementFree(for: 1, at: at(0.59, 0), among: placed))
  }

  @Test func `a body finds its rest before a world begins`() throws {
    let model = try tabletop([
      TestBodies.pot("pot", width: 0.12, height: 0.05),
      TestBodies.block("block", size: Vector3(0.04, 0.04, 0.04)),
    ])
    let rest = model.restingPose(of: 1, near: at(0.3, 0.03, 0.2), among: [at(0.3, 0), nil])
    #expect((rest.translation - Vector3(0.3, 0.03, 0.005)).length < 1e-9)
    let state = try world(model, [at(0.3, 0), rest])
    #expect(state.isInside(1, cavityOf: 0, in: model))
  }

  @Test func `clearance is the distance between outlines`() throws {
    let block = TestBodies.block("block", size: Vector3(0.04, 0.04, 0.04))
    let model = try tabletop([block, block])
    let state = try world(model, [at(0.2, 0), at(0.27, 0.08)])
    let expected = Vector2(0.03, 0.04).length
    #expect(abs(state.clearance(between: 0, and: 1, in: model) - expected) < 1e-12)
  }

  @Test func `the hand stays in its workspace and within reach`() throws {
    let model = try tabletop([])
    var state = try world(model, [])
    for _ in 0..<40 {
      state.advance(
        applying: ArmCommand(translation: Vector3(0.03, 0.03, 0), gripper: 1))
    }
    let position = state.baseFromGripper.translation
    #expect(position.x <= 0.45 && position.y <= 0.3)
    // 0.25 m over the table the arm is straight before the box ends.
    #expect(position.xy.length > 0.40)
    #expect(abs(position.z - 0.25) < 1e-9)
  }

  @Test func `a world steps by the rules of the model that made it`() throws {
    let block = TestBodies.block("block", size: Vector3(0.03, 0.03, 0.03))
    let other = TestBodies.block("block", size: Vector3(0.03, 0.03, 0.09))
    let low = try world(tabletop([block]), [at(0.25, 0)])
    let high = try world(tabletop([other]), [at(0.25, 0)])
    // Equal in all that changes, and each stopped by its own block.
    #expect(low == high)
    let down = ArmCommand(translation: Vector3(0, 0, -0.05), gripper: 0)
    func height(_ start: World) -> Double {
      var state = start
      for _ in 0..<8 { state.advance(applying: down) }
      return state.baseFromGripper.translation.z
    }
    #expect(abs(height(low) - 0.03) < 2e-3)
    #expect(abs(height(high) - 0.09) < 2e-3)
  }
}
