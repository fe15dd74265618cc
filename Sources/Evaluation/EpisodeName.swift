import EnvironmentInterface
import Foundation

/// An episode's name as a person types it: `semantic/lift-white-tape#3@0`.
///
/// Suite, task, `#` and the index within the task, `@` and the run's seed; `+s0.5` follows for a strength
/// other than 1, `+skull=0.5` for a factor with a strength of its own, and `~` in front names the clean twin.
public struct EpisodeName: Hashable, Sendable {
  public var suite: String
  public var task: String
  public var index: Int
  public var seed: UInt64
  /// 1 is the suite as published, and what a clean twin or an unperturbed episode has.
  public var strength: Double
  /// Factors that have a strength of their own.
  public var factors: [FactorSetting]
  public var isCleanTwin: Bool

  public init(
    suite: String, task: String, index: Int, seed: UInt64, strength: Double = 1,
    factors: [FactorSetting] = [], isCleanTwin: Bool = false
  ) {
    self.suite = suite
    self.task = task
    self.index = index
    self.seed = seed
    self.strength = strength
    self.factors = factors
    self.isCleanTwin = isCleanTwin
  }

  public init(of episode: Episode) {
    let strengths = Set(episode.factors.map(\.strength))
    self.init(
      suite: episode.suite, task: episode.task, index: episode.index, seed: episode.seed,
      strength: strengths.count > 1 ? 1 : strengths.first ?? 1,
      factors: strengths.count > 1 ? episode.factors : [], isCleanTwin: episode.isCleanTwin)
  }

  /// The name in `text`.
  ///
  /// - Throws: `EvaluationError.badEpisodeName`, which shows how a name is written.
  public init(_ text: String) throws(EvaluationError) {
    let pattern =
      /(~?)([^\/#@]+)\/([^\/#@]+)#([0-9]+)@([0-9]+)(?:\+s([0-9]+(?:\.[0-9]+)?))?((?:\+[^+=@#\/]+=[0-9.]+)*)/
    guard let match = text.wholeMatch(of: pattern)?.output, let index = Int(match.4),
      let seed = UInt64(match.5)
    else { throw .badEpisodeName(text) }
    let strength = match.6.map { Double($0) } ?? 1
    guard let strength, (0...1).contains(strength) else { throw .badEpisodeName(text) }
    var factors: [FactorSetting] = []
    for part in match.7.split(separator: "+") {
      guard let factor = FactorSetting(assignment: part) else { throw .badEpisodeName(text) }
      factors.append(factor)
    }
    self.init(
      suite: String(match.2), task: String(match.3), index: index, seed: seed, strength: strength,
      factors: factors, isCleanTwin: !match.1.isEmpty)
  }

  /// The episode of this name.
  ///
  /// - Throws: `EvaluationError.noCleanTwin` for the twin of an episode that has none; whatever the
  ///   environment throws for a suite or task that it does not know.
  public func episode(in environment: some Environment) throws -> Episode {
    var episode = try environment.episode(
      suite: suite, task: task, index: index, seed: seed, strength: strength)
    if !factors.isEmpty {
      var settings = episode.factors
      for factor in factors {
        if let place = settings.firstIndex(where: { $0.name == factor.name }) {
          settings[place] = factor
        } else {
          settings.append(factor)
        }
      }
      episode = try environment.episode(episode, under: settings)
    }
    guard isCleanTwin else { return episode }
    guard let twin = try environment.cleanTwin(of: episode) else {
      throw EvaluationError.noCleanTwin(description)
    }
    return twin
  }
}

extension EpisodeName: CustomStringConvertible {
  public var description: String {
    let strength = strength == 1 ? "" : "+s\(strength)"
    let factors = factors.map { "+\($0.name)=\($0.strength)" }.joined()
    return "\(isCleanTwin ? "~" : "")\(suite)/\(task)#\(index)@\(seed)\(strength)\(factors)"
  }
}

extension FactorSetting {
  /// A factor and its strength as they are typed: `skull=0.5`; nil for anything else, and for a strength outside 0 to 1.
  public init?(assignment text: some StringProtocol) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let strength = Double(parts[1]),
      (0...1).contains(strength)
    else { return nil }
    self.init(name: String(parts[0]), strength: strength)
  }
}

extension EpisodeName: CodableAsText {}
