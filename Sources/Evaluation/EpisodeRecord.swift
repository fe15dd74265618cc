import EnvironmentInterface

/// What went wrong in an episode, and on whose side.
public struct EpisodeError: Error, Hashable, Sendable, Codable {
  public enum Cause: String, Hashable, Sendable, Codable {
    /// The policy threw, or answered something that cannot be executed.
    case policy
    /// The world or the renderer failed: says nothing about the policy.
    case environment
    /// The policy's process or server was lost in mid-episode, each time that the episode was tried.
    case interrupted

    /// Whether the episode says nothing of the policy and is worth another attempt.
    var isTriedAgain: Bool { self != .policy }
  }

  public var cause: Cause
  public var message: String

  public init(cause: Cause, message: String) {
    self.cause = cause
    self.message = message
  }
}

/// One finished episode: one line of `episodes.jsonl`.
///
/// A pure function of (policy, episode): it holds no times, hosts or batch sizes, so that the same
/// seed gives the same bytes.
public struct EpisodeRecord: Hashable, Sendable {
  public var policy: String
  public var kind: ContestantKind
  public var episode: Episode
  /// The block that it ran in.
  public var block: String
  /// Hexadecimal hash of scene, first state, instruction and camera, by which runs are paired.
  ///
  /// Nil where the episode could not be started.
  public var content: String?

  public var outcome: Outcome
  /// Set exactly where the outcome is `error`.
  public var error: EpisodeError?
  /// Control steps made.
  public var steps: Int
  /// Whether the goal held at any step, and at the last one.
  public var successOnce: Bool
  public var successAtEnd: Bool
  /// How many control steps had been made when the goal first held.
  public var firstSuccessStep: Int?
  /// The best partial credit reached, in [0, 1].
  public var progress: Double
  /// The best partial credit reached by the rules of the paper that the task is from, in [0, 1]; nil where it has none.
  public var paperCredit: Double?
  /// Which parts of the goal held in the end, by their names; nil where the episode could not be started, and in records
  /// of programs that did not tell.
  public var parts: [String: Bool]?
  /// Hexadecimal hash of the last state; nil where the episode could not be started.
  public var finalState: String?
  /// Why it failed; nil for any other outcome, and where the environment tells nothing of contacts.
  public var failure: EpisodeFailure?

  /// The version of the layout of a line.
  public static let schema = 1

  public init(
    policy: String, kind: ContestantKind, episode: Episode, block: String, content: String?,
    outcome: Outcome, error: EpisodeError? = nil, steps: Int, successOnce: Bool,
    successAtEnd: Bool, firstSuccessStep: Int?, progress: Double,
    paperCredit: Double? = nil, parts: [String: Bool]? = nil, finalState: String?,
    failure: EpisodeFailure? = nil
  ) {
    self.policy = policy
    self.kind = kind
    self.episode = episode
    self.block = block
    self.content = content
    self.outcome = outcome
    self.error = error
    self.steps = steps
    self.successOnce = successOnce
    self.successAtEnd = successAtEnd
    self.firstSuccessStep = firstSuccessStep
    self.progress = progress
    self.paperCredit = paperCredit
    self.parts = parts
    self.finalState = finalState
    self.failure = failure
  }

  public var isSuccess: Bool { outcome == .success }
}

// MARK: - Coding

extension EpisodeRecord: Codable {
  private enum CodingKeys: String, CodingKey {
    case schema, policy, kind, suite, task, index, seed, factors, clean, instruction, block, content
    case stepLimit = "step_limit"
    case sharedDraw = "shared_draw"
    case outcome, error, steps, progress, parts, failure
    case paperCredit = "paper_credit"
    case successOnce = "success_once"
    case successAtEnd = "success_at_end"
    case firstSuccessStep = "first_success_step"
    case finalState = "final_state"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    episode = Episode(
      suite: try values.decode(String.self, forKey: .suite),
      task: try values.decode(String.self, forKey: .task),
      index: try values.decode(Int.self, forKey: .index),
      seed: try values.decode(UInt64.self, forKey: .seed),
      factors: try values.decode([FactorSetting].self, forKey: .factors),
      isCleanTwin: try values.decode(Bool.self, forKey: .clean),
      instruction: try values.decode(String.self, forKey: .instruction),
      stepLimit: try values.decode(Int.self, forKey: .stepLimit),
      sharedDraw: try values.decodeIfPresent(String.self, forKey: .sharedDraw))
    policy = try values.decode(String.self, forKey: .policy)
    kind = try values.decode(ContestantKind.self, forKey: .kind)
    block = try values.decode(String.self, forKey: .block)
    content = try values.decodeIfPresent(String.self, forKey: .content)
    outcome = try values.decode(Outcome.self, forKey: .outcome)
    error = try values.decodeIfPresent(EpisodeError.self, forKey: .error)
    steps = try values.decode(Int.self, forKey: .steps)
    successOnce = try values.decode(Bool.self, forKey: .successOnce)
    successAtEnd = try values.decode(Bool.self, forKey: .successAtEnd)
    firstSuccessStep = try values.decodeIfPresent(Int.self, forKey: .firstSuccessStep)
    progress = try values.decode(Double.self, forKey: .progress)
    paperCredit = try values.decodeIfPresent(Double.self, forKey: .paperCredit)
    parts = try values.decodeIfPresent([String: Bool].self, forKey: .parts)
    finalState = try values.decodeIfPresent(String.self, forKey: .finalState)
    failure = try values.decodeIfPresent(EpisodeFailure.self, forKey: .failure)
  }

  /// Every key is written, null where there is no value, so that all lines have the same keys.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.schema, forKey: .schema)
    try values.encode(policy, forKey: .policy)
    try values.encode(kind, forKey: .kind)
    try values.encode(episode.suite, forKey: .suite)
    try values.encode(episode.task, forKey: .task)
    try values.encode(episode.index, forKey: .index)
    try values.encode(episode.seed, forKey: .seed)
    try values.encode(episode.factors, forKey: .factors)
    try values.encode(episode.isCleanTwin, forKey: .clean)
    try values.encode(episode.instruction, forKey: .instruction)
    try values.encode(episode.stepLimit, forKey: .stepLimit)
    try values.encode(episode.sharedDraw, forKey: .sharedDraw)
    try values.encode(block, forKey: .block)
    try values.encode(content, forKey: .content)
    try values.encode(outcome, forKey: .outcome)
    try values.encode(error, forKey: .error)
    try values.encode(steps, forKey: .steps)
    try values.encode(successOnce, forKey: .successOnce)
    try values.encode(successAtEnd, forKey: .successAtEnd)
    try values.encode(firstSuccessStep, forKey: .firstSuccessStep)
    try values.encode(progress, forKey: .progress)
    try values.encode(paperCredit, forKey: .paperCredit)
    try values.encode(parts, forKey: .parts)
    try values.encode(finalState, forKey: .finalState)
    try values.encode(failure, forKey: .failure)
  }
}
