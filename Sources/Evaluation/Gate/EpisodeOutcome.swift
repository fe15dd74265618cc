import EnvironmentInterface

/// How an episode ended, with what is needed to find it in another run: what a comparison works on and a
/// baseline keeps.
public struct EpisodeOutcome: Hashable, Sendable {
  public var name: EpisodeName
  /// The hash of all that the episode depends on; nil where it could not be started.
  public var content: String?
  public var outcome: Outcome
  /// Who is at fault where the outcome is `error`.
  public var errorCause: EpisodeError.Cause?
  /// The hash of the last state: equal ones mean that the policy did the same.
  public var finalState: String?
  public var progress: Double
  public var firstSuccessStep: Int?
  /// The scenes that its task shares with another, by their name.
  public var sharedDraw: String?

  public init(_ record: EpisodeRecord) {
    name = EpisodeName(of: record.episode)
    content = record.content
    outcome = record.outcome
    errorCause = record.error?.cause
    finalState = record.finalState
    progress = record.progress
    firstSuccessStep = record.firstSuccessStep
    sharedDraw = record.episode.sharedDraw
  }

  public var isSuccess: Bool { outcome == .success }

  /// Whether the machine, not the policy, is at fault: such an episode says nothing of the policy.
  public var isInfrastructureError: Bool {
    errorCause == .environment || errorCause == .interrupted
  }

  /// A suite's perturbed and clean episodes are counted apart.
  var group: String { name.isCleanTwin ? "\(name.suite) (clean)" : name.suite }

  /// The task within its group.
  var cell: String { "\(group)/\(name.task)" }

  /// The task, clean twins with the episodes that they belong to.
  var task: String { "\(name.suite)/\(name.task)" }
}

extension EpisodeOutcome: Codable {
  private enum CodingKeys: String, CodingKey {
    case name = "episode"
    case content, outcome, progress
    case errorCause = "error_cause"
    case finalState = "final_state"
    case firstSuccessStep = "first_success_step"
    case sharedDraw = "shared_draw"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    name = try values.decode(EpisodeName.self, forKey: .name)
    content = try values.decodeIfPresent(String.self, forKey: .content)
    outcome = try values.decode(Outcome.self, forKey: .outcome)
    errorCause = try values.decodeIfPresent(EpisodeError.Cause.self, forKey: .errorCause)
    finalState = try values.decodeIfPresent(String.self, forKey: .finalState)
    progress = try values.decodeFraction(forKey: .progress)
    firstSuccessStep = try values.decodeIfPresent(Int.self, forKey: .firstSuccessStep)
    sharedDraw = try values.decodeIfPresent(String.self, forKey: .sharedDraw)
  }
}
