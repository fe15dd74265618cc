import Foundation
import Testing

@testable import EnvironmentInterface

struct HandStateTests {
  @Test func fractionsSayTheHandAndAreReadBack() throws {
    for fingers in HandState.Fingers.allCases {
      let hand = HandState(turn: -0.4, height: 0.05, distance: 0, fingers: fingers)
      let back = try #require(HandState(fractions: hand.fractions))
      #expect(abs(back.turn - hand.turn) < 1e-12 && abs(back.height - hand.height) < 1e-12)
      #expect(back.fingers == fingers)
    }
  }

  @Test func fractionsStayWithinTheirBounds() {
    let far = HandState(turn: 2, height: 1, distance: 0, fingers: .open)
    #expect(far.fractions[0] == 1 && far.fractions[1] == 1)
    let low = HandState(turn: -2, height: -1, distance: 0, fingers: .shut)
    #expect(low.fractions[0] == 0 && low.fractions[1] == 0)
    #expect(HandState(fractions: [0.5, 0.5]) == nil)
    #expect(HandState(fractions: [0.5, 1.5, 0.5]) == nil)
    #expect(HandState(fractions: [0.5, .nan, 0.5]) == nil)
  }

  /// 12 to 25 mm above, within 12 mm sideways, fingers open.
  @Test(arguments: [
    (0.018, 0.0, HandState.Fingers.open, true), (0.005, 0, .open, false), (0.03, 0, .open, false),
    (0.018, 0.02, .open, false), (0.018, 0, .shut, false), (0.018, 0, .holding, false),
  ])
  func aHandRightAboveIsTooHighToClose(
    height: Double, distance: Double, fingers: HandState.Fingers, isTooHigh: Bool
  ) {
    let hand = HandState(turn: 0, height: height, distance: distance, fingers: fingers)
    #expect(hand.isTooHighToClose == isTooHigh)
  }
}

struct LieDirectionTests {
  private let degree = Double.pi / 180

  @Test func cornersOfAnEllipseCountAsItsMiddle() throws {
    let lie = try #require(LieDirection(closingAngles: [80, 100].map { $0 * degree }))
    #expect(lie.symmetry == .twofold)
    #expect(lie.distance(to: 90 * degree) < 1e-9 && lie.distance(to: -90 * degree) < 1e-9)
    #expect(abs(lie.distance(to: 0) - 90 * degree) < 1e-9)
  }

  @Test func aSquareIsTheSameAfterAQuarter() throws {
    let lie = try #require(LieDirection(closingAngles: [20, 110].map { $0 * degree }))
    #expect(lie.symmetry == .fourfold)
    #expect(lie.distance(to: -70 * degree) < 1e-9)
    #expect(abs(lie.distance(to: 65 * degree) - 45 * degree) < 1e-9)
    let turned = LieDirection(angle: lie.angle + .pi / 2, symmetry: .fourfold)
    for (one, other) in zip(lie.direction, turned.direction) { #expect(abs(one - other) < 1e-9) }
  }

  @Test func whatIsRoundLiesNoWay() {
    #expect(LieDirection(closingAngles: []) == nil)
    #expect(LieDirection(closingAngles: [29, 75, 119].map { $0 * degree }) == nil)
  }
}
