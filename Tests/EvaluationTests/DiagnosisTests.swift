import EnvironmentInterface
import Foundation
import Geometry
import Testing

@testable import Evaluation

@Suite struct DiagnosisTests {
  private func step(
    _ number: Int, phase: String = "reach", predicted: Action, expert: Action,
    distance: Double = 0.1,
    height: Double = 0.1, shut: Bool = false, pointed: [[Double]] = []
  ) -> StepDiagnosis {
    StepDiagnosis(
      episode: "suite/task#0@1", step: number, phase: phase, predicted: predicted, expert: expert,
      executed: predicted, distance: distance, height: height, turn: 0, opening: 0.04,
      holding: false, shutOnNothing: shut, pointed: pointed,
      expertPlaces: [[0.5, 0.5], [0.2, 0.2]])
  }

  private func action(
    _ x: Double = 0, y: Double = 0, z: Double = 0, yaw: Double = 0, gripper: Double = 1
  ) -> Action {
    Action(
      translation: Vector3(x, y, z), rotation: Vector3(0, 0, yaw * .pi / 180), gripper: gripper)
  }

  @Test func errorsAreMeansBesideThoseOfStandingStill() throws {
    let diagnosis = Diagnosis(
      of: [
        step(0, predicted: action(0.03, z: 0.01, yaw: 2), expert: action(0, y: 0.04, yaw: 4)),
        step(1, predicted: action(gripper: 0), expert: action()),
        step(2, phase: "carry", predicted: action(z: 0.02), expert: action(z: 0.05)),
      ], records: [])
    #expect(diagnosis.errors.map(\.phase) == ["reach", "carry", "all"])
    let reach = diagnosis.errors[0].errors
    #expect(reach.steps == 2)
    #expect(abs(reach.sideways.own - 0.025) < 1e-12)
    #expect(abs(reach.sideways.zero - 0.02) < 1e-12)
    #expect(abs(reach.height.own - 0.005) < 1e-12)
    #expect(abs(reach.turn.own - 1 * .pi / 180) < 1e-12)
    #expect(abs(reach.turn.zero - 2 * .pi / 180) < 1e-12)
    #expect(reach.fingers == 0.5)
    #expect(diagnosis.errors[2].errors.steps == 3)
    #expect(diagnosis.text(listing: 3).contains("25.0 (20.0)"))
  }

  @Test func turnsCountOnlyWhereTheExpertTurnsFar() {
    let diagnosis = Diagnosis(
      of: [
        step(0, predicted: action(yaw: 6), expert: action(yaw: 10)),
        step(1, predicted: action(yaw: -6), expert: action(yaw: 12)),
        step(2, predicted: action(yaw: -2), expert: action(yaw: -14)),
        step(3, predicted: action(yaw: 9), expert: action(yaw: 9)),
      ], records: [])
    #expect(diagnosis.turns == Diagnosis.Decisions(states: 3, policy: 1, expert: 3))
    #expect(diagnosis.slightTurns == Diagnosis.Decisions(states: 3, policy: 2, expert: 3))
  }

  @Test func closingsAndOpeningsCountWhereTheyMatter() {
    let (open, closed) = (action(), action(gripper: 0))
    let diagnosis = Diagnosis(
      of: [
        step(0, predicted: closed, expert: open, distance: 0.005, height: 0.02),
        step(1, predicted: open, expert: open, distance: 0.005, height: 0.02),
        step(2, predicted: closed, expert: closed, distance: 0.005, height: 0.005),
        step(3, predicted: closed, expert: open, distance: 0.02, height: 0.02),
        step(4, predicted: closed, expert: open, distance: 0.005, height: 0.02, shut: true),
        step(5, predicted: open, expert: open, shut: true),
      ], records: [])
    #expect(diagnosis.closings == Diagnosis.Decisions(states: 2, policy: 1, expert: 0))
    #expect(diagnosis.openings == Diagnosis.Decisions(states: 2, policy: 1, expert: 2))
  }

  @Test func pointingIsAMedianOverTheStepsThatPoint() throws {
    let steps = [0.5, 0.6, 0.9].map { x in
      step(0, predicted: action(), expert: action(), pointed: [[x, 0.5], [0.2, 0.3]])
    }
    let pointing = try #require(Diagnosis(of: steps, records: []).pointing)
    #expect(abs(pointing[0] - 0.1) < 1e-12 && abs(pointing[1] - 0.1) < 1e-12)
    let mute = [step(0, predicted: action(), expert: action())]
    #expect(Diagnosis(of: mute, records: []).pointing == nil)
  }

  @Test func recoveryIsCountedByTheFirstClosing() throws {
    func steps(_ index: Int, _ states: [(shut: Bool, holding: Bool)]) -> [StepDiagnosis] {
      states.enumerated().map { number, state in
        var step = step(number, predicted: action(), expert: action(), shut: state.shut)
        step.episode = "semantic/lift-cup#\(index)@0"
        step.holding = state.holding
        return step
      }
    }
    let (open, shut, held) = ((false, false), (true, false), (false, true))
    let diagnosis = Diagnosis(
      of: steps(0, [open, shut, open, held]) + steps(1, [open, shut, shut])
        + steps(2, [open, held, shut]) + steps(3, [open, open]),
      records: sampleRecords("sfsf"))
    #expect(
      diagnosis.recovery
        == Diagnosis.Recovery(missed: 2, missedSolved: 1, others: 1, othersSolved: 1))
    #expect(
      diagnosis.text(listing: 1).contains(
        "solves 50 % of 2 episodes whose first closing missed, 100 % of 1 others"))
  }

  @Test func aLineIsReadBack() throws {
    let line = step(
      3, predicted: action(0.01), expert: action(), shut: true, pointed: [[0, 1], [1, 0]])
    let bytes = try JSONEncoder().encode(line)
    #expect(try JSONDecoder().decode(StepDiagnosis.self, from: bytes) == line)
    #expect(String(decoding: bytes, as: UTF8.self).contains("\"shut_on_nothing\":true"))
  }
}
