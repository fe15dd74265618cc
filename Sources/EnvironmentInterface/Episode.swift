/// A perturbation and how strong it is.
public struct FactorSetting: Hashable, Sendable, Codable {
  public var name: String
  /// 0 is the training distribution, 1 as far as the factor's file goes.
  public var strength: Double

  public init(name: String, strength: Double) {
    self.name = name
    self.strength = strength
  }
}

/// Everything that an evaluation episode is made of: this value alone rebuilds it bit for bit.
public struct Episode: Hashable, Sendable, Codable {
  public var suite: String
  public var task: String
  /// The episode's number within its task and suite, from 0.
  public var index: Int
  /// The run's seed; what happens follows from (suite, task, index, seed, factors).
  public var seed: UInt64
  /// What is perturbed; empty for an episode of the training distribution.
  public var factors: [FactorSetting]
  /// Whether this is the clean twin of an out-of-distribution episode: the same draw without its factors.
  public var isCleanTwin: Bool
  public var instruction: String
  /// The episode ends without success after this many control steps.
  public var stepLimit: Int
  /// The name of the scenes that its task shares with others, which ask something else of the same first states; nil for
  /// a task with scenes of its own.
  ///
  /// It follows from suite and task, and stands here so that a reader of records need not know them.
  public var sharedDraw: String?

  public init(
    suite: String, task: String, index: Int, seed: UInt64, factors: [FactorSetting],
    isCleanTwin: Bool, instruction: String, stepLimit: Int, sharedDraw: String? = nil
  ) {
    self.suite = suite
    self.task = task
    self.index = index
    self.seed = seed
    self.factors = factors
    self.isCleanTwin = isCleanTwin
    self.instruction = instruction
    self.stepLimit = stepLimit
    self.sharedDraw = sharedDraw
  }
}
