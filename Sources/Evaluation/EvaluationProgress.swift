/// How far an evaluation has come.
public struct EvaluationProgress: Hashable, Sendable {
  /// The contestant and suite at work.
  public var policy: String
  public var suite: String
  /// Episodes of the whole run, of all contestants, on this shard.
  public var episodes: Int
  /// Of these, finished, those of an earlier process included.
  public var finished: Int
  /// Of these, finished by an earlier process.
  public var resumed: Int
  /// How much of the running episodes' step limits is used up, in episodes.
  public var partial: Double
  /// What `policy` has done so far; clean twins are not among its episodes and successes.
  public var policyEpisodes: Int
  public var policySuccesses: Int
  public var policyErrors: Int

  public init(
    policy: String, suite: String, episodes: Int, finished: Int, resumed: Int, partial: Double = 0,
    policyEpisodes: Int, policySuccesses: Int, policyErrors: Int
  ) {
    self.policy = policy
    self.suite = suite
    self.episodes = episodes
    self.finished = finished
    self.resumed = resumed
    self.partial = partial
    self.policyEpisodes = policyEpisodes
    self.policySuccesses = policySuccesses
    self.policyErrors = policyErrors
  }
}

/// Something that wants to know how far an evaluation has come, such as a progress bar.
public protocol ProgressObserver: AnyObject {
  /// Called after every control step of a block and after every block.
  func evaluationDidAdvance(_ progress: EvaluationProgress)
}
