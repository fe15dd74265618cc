import EnvironmentInterface

@testable import Evaluation

/// Records with outcomes written as text: `s` success, `f` failure, `e` an error of the policy, `x` one
/// of the environment.
///
/// - Parameters:
///   - firstIndex: the index of the first episode; it sets the content hash, by which runs are paired.
///   - state: the last state of all of them; another one makes a policy that does something else.
func sampleRecords(
  _ outcomes: String, policy: String = "openvla", kind: ContestantKind = .entry,
  suite: String = "semantic", task: String = "lift-cup", clean: Bool = false, firstIndex: Int = 0,
  state: String = "0"
) -> [EpisodeRecord] {
  outcomes.enumerated().map { offset, letter in
    let index = firstIndex + offset
    let outcome: Outcome =
      switch letter {
      case "s": .success
      case "f": .failure
      default: .error
      }
    let error: EpisodeError? =
      switch letter {
      case "e": EpisodeError(cause: .policy, message: "the policy answered nan")
      case "x": EpisodeError(cause: .environment, message: "the picture is lost")
      default: nil
      }
    let isSuccess = outcome == .success
    return EpisodeRecord(
      policy: policy, kind: kind,
      episode: Episode(
        suite: suite, task: task, index: index, seed: 0, factors: [], isCleanTwin: clean,
        instruction: "lift the cup", stepLimit: 40),
      block: "\(suite)/0000", content: "\(task)-\(index)-\(clean)", outcome: outcome, error: error,
      steps: 10, successOnce: isSuccess, successAtEnd: isSuccess,
      firstSuccessStep: isSuccess ? 10 : nil, progress: isSuccess ? 1 : 0.5, finalState: state)
  }
}

/// `count` copies of a letter.
func many(_ count: Int, _ letter: Character) -> String { String(repeating: letter, count: count) }

/// A finished run of these records.
///
/// - Parameter promised: how many episodes each policy was asked for; nil for as many as the first has.
func sampleRun(
  _ records: [EpisodeRecord], path: String = "run", facts: [String: String] = [:],
  promised: Int? = nil
) throws -> RunFiles {
  var description = try makeRun(suites: ["plain"]).description(facts: facts)
  description.contestants = records.map(\.policy).uniqued().map { name in
    ContestantDescription(
      name: name, kind: records.first { $0.policy == name }?.kind ?? .entry)
  }
  let count = records.count { $0.policy == records.first?.policy }
  description.blocks = [.init(id: "semantic/0000", episodes: promised ?? count)]
  return RunFiles(path: path, description: description, records: records)
}
