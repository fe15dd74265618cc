import EnvironmentInterface
import Foundation

// What the rows of a table are: sizes and trainings of the policies, and how far trainings of one recipe are apart.

extension ResultTable {
  /// Trainings of one recipe that differ in chance alone.
  public struct TrainingSeeds: Sendable {
    /// The rows, and the seed of each.
    public let policies: [(name: String, seed: UInt64)]
    /// The spread of the mean rates in each suite in which all of them acted.
    public let suites: [Spread]
  }

  /// How far the rates of trainings of one recipe are apart.
  public struct Spread: Hashable, Sendable {
    public let suite: String
    /// In the order of the policies.
    public let rates: [Double]

    public var mean: Double { rates.reduce(0, +) / Double(rates.count) }

    /// Of the sample, with one degree of freedom taken for the mean.
    public var standardDeviation: Double {
      let squares = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares / Double(rates.count - 1)).squareRoot()
    }
  }

  /// Entries whose recipes differ in the seed alone, two or more each.
  public var trainingSeeds: [TrainingSeeds] {
    let trained = policies.filter { $0.kind == .entry }.compactMap { policy in
      policyFacts[policy.name]?.training.flatMap { facts in
        facts.recipe.flatMap { recipe in
          facts.seed.map { (name: policy.name, recipe: recipe, seed: $0) }
        }
      }
    }
    return trained.map(\.recipe).uniqued().compactMap { recipe in
      let own = trained.filter { $0.recipe == recipe }
      guard Set(own.map(\.seed)).count > 1 else { return nil }
      return TrainingSeeds(
        policies: own.map { ($0.name, $0.seed) },
        suites: sections.compactMap { section in
          let rates = own.compactMap { policy in
            section.rows.first { $0.policy == policy.name }?.mean?.count.rate
          }
          return rates.count == own.count ? Spread(suite: section.suite, rates: rates) : nil
        })
    }
  }

  /// A sentence for each policy of which something is known, then one for each recipe of several seeds.
  package var policyNotes: [String] {
    let rows = policies.compactMap { policy in
      policyFacts[policy.name]?.words.map { "\(policy.name): \($0)." }
    }
    return rows + trainingSeeds.map(\.words)
  }
}

extension ResultTable.TrainingSeeds {
  /// `One recipe, training seeds 1 (openvla) and 2 (openvla-seed2): semantic 42, 40 %, mean 41 %, standard deviation 1.4 points.`
  fileprivate var words: String {
    let names = policies.map { "\($0.seed) (\($0.name))" }.joined(separator: ", ")
    let parts = suites.map { spread in
      let rates = spread.rates.map { RateText.decimal(100 * $0, places: 1) }
      return "\(spread.suite) \(rates.joined(separator: ", ")) %, mean "
        + "\(RateText.decimal(100 * spread.mean, places: 1)) %, standard deviation "
        + "\(RateText.decimal(100 * spread.standardDeviation, places: 1)) points"
    }
    return "One recipe, training seeds \(names): \(parts.joined(separator: "; "))."
  }
}

extension PolicyFacts {
  /// `1,918,208 parameters; 316,800 training images (213,600 of the robot) in 9 minutes on cuda:0; training seed 1`; nil
  /// where nothing is known.
  fileprivate var words: String? {
    var parts: [String] = []
    if let parameters { parts.append("\(RateText.grouped(parameters)) parameters") }
    if let training {
      let robot = training.robotImages.map { " (\(RateText.grouped($0)) of the robot)" } ?? ""
      var text =
        "\(RateText.grouped(training.images)) training images\(robot) in \(Self.minutes(training.seconds))"
        + (training.device.map { " on \($0)" } ?? "")
      if training.earlierImages > 0 {
        text +=
          ", begun with weights of \(RateText.grouped(training.earlierImages)) images in "
          + Self.minutes(training.earlierSeconds)
      }
      parts.append(text)
      parts.append(training.seed.map { "training seed \($0)" } ?? "training seed not noted")
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private static func minutes(_ seconds: Double) -> String {
    "\(RateText.decimal(seconds / 60, places: 0)) minutes"
  }
}
