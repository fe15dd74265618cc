import EnvironmentInterface
import Foundation
import Geometry
import Policies
import Testing

@testable import Training

/// What gates compare, and with what.
@Suite struct StageGateTests {
  @Test func aGateComparesWithTheTrivialAnswer() {
    var errors = ActionErrors()
    let expert = Action(
      translation: Vector3(0.01, 0, -0.02), rotation: Vector3(0, 0, 0.2), gripper: 0)
    errors.add(
      predicted: Action(
        translation: Vector3(0.004, 0, -0.02), rotation: Vector3(0, 0, 0.15), gripper: 0),
      expert: expert)
    errors.add(
      predicted: Action(translation: .zero, gripper: 0),
      expert: Action(translation: .zero, gripper: 1))
    var entry = TrainingLogEntry(
      step: 1, stage: "s", loss: 1, learningRate: 1, images: 1, seconds: 1)
    #expect(StageGate(figure: .x, atMost: 1).miss(in: entry) != nil, "nothing was measured")
    errors.write(into: &entry)
    #expect(StageGate(figure: .x, atMost: 0.61).miss(in: entry) == nil)
    #expect(StageGate(figure: .x, atMost: 0.59).miss(in: entry) != nil)
    #expect(StageGate(figure: .yaw, atMost: 0.26).miss(in: entry) == nil)
    #expect(StageGate(figure: .yaw, atMost: 0.24).miss(in: entry) != nil)
    // One of two decisions closes: always open errs as often as this policy does.
    #expect(StageGate(figure: .gripper, atMost: 1).miss(in: entry) == nil)
    #expect(StageGate(figure: .gripper, atMost: 0.99).miss(in: entry) != nil)
  }

  /// What goes wrong near a thing is counted where it can go wrong, and nowhere else.
  @Test func gatesCountEarlyClosingsShutHandsAndMissedTurns() {
    func action(turn: Double = 0, gripper: Double) -> Action {
      Action(translation: .zero, rotation: Vector3(0, 0, turn), gripper: gripper)
    }
    func hand(_ height: Double, _ fingers: HandState.Fingers) -> HandState {
      HandState(turn: 0, height: height, distance: 0, fingers: fingers)
    }
    let figures: [StageGate.Figure] = [.earlyClosing, .emptyShut, .missedTurns]
    func entry(_ errors: ActionErrors) -> TrainingLogEntry {
      var entry = TrainingLogEntry(
        step: 1, stage: "s", loss: 1, learningRate: 1, images: 1, seconds: 1)
      errors.write(into: &entry)
      return entry
    }
    var errors = ActionErrors()
    // Low enough to close, and a turn too small to count.
    errors.add(
      predicted: action(gripper: 0), expert: action(turn: 0.1, gripper: 1), hand: hand(0.005, .open)
    )
    for figure in figures {
      #expect(StageGate(figure: figure, atMost: 1).miss(in: entry(errors)) != nil, "not measured")
    }
    // One of two closes too early, one of two shut hands stays shut, one of two turns goes the right way.
    for (number, gripper) in [0.0, 1].enumerated() {
      errors.add(
        predicted: action(turn: 0.2 * Double(number) - 0.1, gripper: gripper),
        expert: action(turn: 0.2, gripper: 1), hand: hand(0.02, .open))
      errors.add(
        predicted: action(gripper: gripper), expert: action(gripper: 1), hand: hand(0.02, .shut))
    }
    for figure in figures {
      #expect(StageGate(figure: figure, atMost: 0.5).miss(in: entry(errors)) == nil)
      #expect(StageGate(figure: figure, atMost: 0.49).miss(in: entry(errors)) != nil)
    }
  }

  /// Turns that are rarer than one step in a hundred lie beyond the percentiles: no policy learns what they clip, and the log says it.
  @Test func turnsThatTheScalesClipAreCounted() throws {
    let turns = (0..<400).map { $0 == 0 ? -0.25 : $0 < 20 ? 0.25 : 0.01 }
    let actions = turns.map { [0.01 * $0, 0, 0, 0, 0, $0, 1] }
    let scales = ActionStatistics(of: actions, mask: [true, true, true, true, true, true, false])
    for (normalization, share, shown) in [
      (ActionNormalization.boundsQ99, 0.5, true), (.bounds, 1, false),
    ] {
      var errors = ActionErrors()
      for turn in [-0.25, 0.25, 0.01] {
        let expert = Action(translation: .zero, rotation: Vector3(0, 0, turn), gripper: 1)
        errors.add(predicted: expert, expert: expert, scales: scales.scaled(by: normalization))
      }
      #expect(errors.turnsFound == 1 && errors.turnsSayable == share)
      var entry = TrainingLogEntry(
        step: 1, stage: "s", loss: 1, learningRate: 1, images: 1, seconds: 1)
      errors.write(into: &entry)
      #expect(entry.line.contains("(0.50 within its scales)") == shown)
    }
  }

  @Test func theBestAnswerWithoutALookIsAConstant() throws {
    var errors = LieErrors()
    #expect(errors.degrees == nil && errors.constantDegrees == nil)
    for degrees in [80.0, 90, 130] {
      let angle = degrees * .pi / 180
      errors.add(predicted: angle + .pi, wanted: LieDirection(angle: angle, symmetry: .twofold))
    }
    #expect(try #require(errors.degrees) < 1e-9)
    // The median of the three.
    #expect(abs(try #require(errors.constantDegrees) - 50.0 / 3) < 1e-6)
  }
}
