import EnvironmentInterface
import RandomNumbers

/// An episode in the middle of its rollout, or of whatever else steps it.
package struct RunningEpisode<State: Sendable>: Sendable {
  /// Its place in the block, which is also the slot of a policy's memory.
  let slot: Int
  package let episode: Episode
  package let content: String
  package private(set) var state: State
  /// The state of one control step before, for who remembers it; nil at the start.
  var stateBefore: State?
  /// Actions of the current chunk that have not been executed.
  var pending: ArraySlice<Action> = []
  package private(set) var steps = 0
  package private(set) var firstSuccessStep: Int?
  private var isSuccessNow = false
  package private(set) var progress = 0.0
  /// Whether its suite plays by the paper's protocol, in which episodes go on after success and half points count.
  private let isScoredAsInThePaper: Bool
  private var paperCredit: Double?
  private var parts: [String: Bool] = [:]
  var error: EpisodeError?
  private var contacts = ContactHistory()

  /// An episode at its start.
  ///
  /// - Throws: whatever keeps the environment from starting it.
  package init<World: Environment>(
    starting episode: Episode, slot: Int, in environment: World
  ) throws where World.State == State {
    self.slot = slot
    self.episode = episode
    isScoredAsInThePaper = environment.continuesAfterSuccess(suite: episode.suite)
    state = try environment.start(episode)
    content = environment.contentHash(of: episode, startingIn: state)
  }

  /// Makes one control step, and takes in what comes of it.
  ///
  /// - Returns: how the task stands then.
  @discardableResult
  package mutating func step<World: Environment>(
    applying action: Action, in environment: World
  ) -> EpisodeStatus where World.State == State {
    environment.step(&state, applying: action)
    steps += 1
    let status = environment.status(of: state)
    observe(status, after: action)
    return status
  }

  /// The share of the step limit that is used up.
  var elapsed: Double { Double(steps) / Double(max(1, episode.stepLimit)) }

  /// Chance for the decision at this step.
  ///
  /// Keyed by the draw alone, so that a clean twin, another policy and a second run of the same
  /// episode all see the same luck and pair well.
  var randomness: RandomStream {
    RandomStream(seed: episode.seed)
      .named("policy", episode.suite, episode.task).numbered(episode.index).numbered(steps)
  }

  /// Takes in what the world says after a step.
  private mutating func observe(_ status: EpisodeStatus, after action: Action) {
    guard status.progress.isFinite else {
      error = EpisodeError(
        cause: .environment, message: "the environment reports a progress of \(status.progress)")
      return
    }
    progress = max(progress, min(status.progress, 1))
    if isScoredAsInThePaper, let credit = status.paperCredit, credit.isFinite {
      paperCredit = max(paperCredit ?? 0, min(credit, 1))
    }
    parts = status.parts
    isSuccessNow = status.isSuccess
    contacts.observe(status.contact, step: steps, action: action)
    if status.isSuccess, firstSuccessStep == nil { firstSuccessStep = steps }
  }

  package func isFinished(continuingAfterSuccess: Bool) -> Bool {
    if error != nil || steps >= episode.stepLimit { return true }
    return firstSuccessStep != nil && !continuingAfterSuccess
  }

  package func record(of contestant: ContestantDescription, block: String, finalState: String)
    -> EpisodeRecord
  {
    let hasSucceeded = firstSuccessStep != nil
    return EpisodeRecord(
      policy: contestant.name, kind: contestant.kind, episode: episode, block: block,
      content: content, outcome: error != nil ? .error : hasSucceeded ? .success : .failure,
      error: error, steps: steps, successOnce: hasSucceeded,
      successAtEnd: hasSucceeded && isSuccessNow, firstSuccessStep: firstSuccessStep,
      progress: progress, paperCredit: paperCredit, parts: parts, finalState: finalState,
      failure: error != nil || hasSucceeded
        ? nil : contacts.failure(steps: steps, progress: progress))
  }
}

extension EpisodeRecord {
  /// The record of an episode that could not be started.
  init(
    unstarted episode: Episode, of contestant: ContestantDescription, block: String,
    error: EpisodeError
  ) {
    self.init(
      policy: contestant.name, kind: contestant.kind, episode: episode, block: block, content: nil,
      outcome: .error, error: error, steps: 0, successOnce: false, successAtEnd: false,
      firstSuccessStep: nil, progress: 0, finalState: nil)
  }
}
