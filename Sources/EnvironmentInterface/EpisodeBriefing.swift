import RandomNumbers

/// What a policy may know of an episode when it begins: nothing that names the suite, the task or a perturbation.
public struct EpisodeBriefing: Hashable, Sendable, Codable {
  /// 16 hexadecimal digits that stand for the episode and tell nothing about it.
  public var id: String
  public var instruction: String
  /// The episode ends after this many control steps.
  public var stepLimit: Int
  /// The name of the set-up that it plays in.
  public var setup: String

  public init(id: String, instruction: String, stepLimit: Int, setup: String) {
    self.id = id
    self.instruction = instruction
    self.stepLimit = stepLimit
    self.setup = setup
  }

  /// What a policy is told of an episode.
  public init(of episode: Episode, setup: String) {
    self.init(
      id: episode.opaqueID, instruction: episode.instruction, stepLimit: episode.stepLimit,
      setup: setup)
  }
}

extension Episode {
  /// 16 hexadecimal digits over what the episode is a draw of, from which it cannot be read back.
  fileprivate var opaqueID: String {
    var stream = RandomStream(seed: seed).named("briefing", suite, task).numbered(index)
    for factor in factors {
      stream = stream.named(factor.name).numbered(Int(bitPattern: UInt(factor.strength.bitPattern)))
    }
    if isCleanTwin { stream = stream.named("clean") }
    let digits = String(stream.nextBits(), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
