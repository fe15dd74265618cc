import EnvironmentInterface

/// How strong each factor of an episode is, in [0, 1]; 0 for a factor that does not act.
struct FactorStrengths: Hashable, Sendable {
  private var byName: [String: Double] = [:]

  /// No factor acts.
  static let none = FactorStrengths()

  /// The same strength for all of some factors.
  init(_ strength: Double = 0, of names: [String] = []) {
    for name in names { byName[name] = strength }
  }

  /// What an episode says of its factors.
  init(_ settings: [FactorSetting]) {
    for setting in settings { byName[setting.name] = setting.strength }
  }

  subscript(name: String) -> Double {
    get { byName[name] ?? 0 }
    set { byName[name] = newValue }
  }

  subscript(factor: Factor) -> Double { self[factor.name] }

  /// Every combination of some levels of some factors.
  static func combinations(of names: [String], levels: [Double]) -> [FactorStrengths] {
    names.reduce([.none]) { combinations, name in
      combinations.flatMap { combination in
        levels.map { level in
          var next = combination
          next[name] = level
          return next
        }
      }
    }
  }
}
