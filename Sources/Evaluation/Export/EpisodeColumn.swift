import EnvironmentInterface

/// A column of the table of episodes, a row an episode, as other programs read it.
struct EpisodeColumn: Sendable {
  enum Value: Sendable {
    case text(String?)
    case integer(Int?)
    case number(Double?)
    case flag(Bool)
  }

  enum Kind: Sendable {
    case text, integer, number, flag
  }

  let name: String
  let kind: Kind
  /// Whether a row may have no value.
  let isOptional: Bool
  let value: @Sendable (EpisodeRecord) -> Value

  private init(
    _ name: String, _ kind: Kind, isOptional: Bool = false,
    _ value: @escaping @Sendable (EpisodeRecord) -> Value
  ) {
    (self.name, self.kind, self.isOptional, self.value) = (name, kind, isOptional, value)
  }

  static let all: [EpisodeColumn] = [
    .init("episode", .text) { .text("\(EpisodeName(of: $0.episode))") },
    .init("policy", .text) { .text($0.policy) },
    .init("kind", .text) { .text($0.kind.rawValue) },
    .init("suite", .text) { .text($0.episode.suite) },
    .init("task", .text) { .text($0.episode.task) },
    .init("index", .integer) { .integer($0.episode.index) },
    // A seed is a name and no number, and may be larger than a signed one.
    .init("seed", .text) { .text("\($0.episode.seed)") },
    .init("clean", .flag) { .flag($0.episode.isCleanTwin) },
    .init("factors", .text) {
      .text($0.episode.factors.map { "\($0.name)=\($0.strength)" }.joined(separator: " "))
    },
    .init("instruction", .text) { .text($0.episode.instruction) },
    .init("step_limit", .integer) { .integer($0.episode.stepLimit) },
    .init("content", .text, isOptional: true) { .text($0.content) },
    .init("outcome", .text) { .text($0.outcome.rawValue) },
    .init("success", .flag) { .flag($0.isSuccess) },
    .init("steps", .integer) { .integer($0.steps) },
    .init("success_at_end", .flag) { .flag($0.successAtEnd) },
    .init("first_success_step", .integer, isOptional: true) { .integer($0.firstSuccessStep) },
    .init("progress", .number) { .number($0.progress) },
    .init("paper_credit", .number, isOptional: true) { .number($0.paperCredit) },
    .init("failure_reason", .text, isOptional: true) { .text($0.failure?.reason.rawValue) },
    .init("failure_step", .integer, isOptional: true) { .integer($0.failure?.step) },
    .init("error_cause", .text, isOptional: true) { .text($0.error?.cause.rawValue) },
    .init("error_message", .text, isOptional: true) { .text($0.error?.message) },
    .init("final_state", .text, isOptional: true) { .text($0.finalState) },
    .init("shared_draw", .text, isOptional: true) { .text($0.episode.sharedDraw) },
  ]
}

extension EpisodeColumn.Value {
  /// As a cell of comma-separated values; nothing for no value.
  var words: String {
    switch self {
    case .text(let text): text ?? ""
    case .integer(let number): number.map(String.init) ?? ""
    case .number(let number): number.map { "\($0)" } ?? ""
    case .flag(let isTrue): isTrue ? "true" : "false"
    }
  }
}
