import EnvironmentInterface
import Foundation
import Testing

@testable import Evaluation

/// What a table says of its rows beside how they acted.
@Suite struct PolicyNotesTests {
  private func facts(seed: UInt64?, recipe: String? = "aa", device: String? = nil) -> PolicyFacts {
    PolicyFacts(
      parameters: 1_918_208,
      training: TrainingFacts(
        recipe: recipe, seed: seed, images: 316_800, robotImages: seed == nil ? nil : 213_600,
        seconds: 5724, earlierImages: seed == 2 ? 96_000 : 0, earlierSeconds: seed == 2 ? 600 : 0,
        device: device))
  }

  private var records: [EpisodeRecord] {
    sampleRecords(many(6, "s") + many(4, "f"))
      + sampleRecords(many(4, "s") + many(6, "f"), policy: "openvla-seed2")
      + sampleRecords(many(10, "f"), policy: "scratch")
  }

  private func table(_ facts: [String: PolicyFacts]) -> ResultTable {
    var summary = Summary(of: records)
    summary.policyFacts = facts
    return summary.table
  }

  private var noted: ResultTable {
    table([
      "openvla": facts(seed: 1), "openvla-seed2": facts(seed: 2),
      "scratch": facts(seed: nil, recipe: nil),
    ])
  }

  @Test func everyPrinterSaysWhatARowIs() throws {
    let words =
      "openvla: 1,918,208 parameters; 316,800 training images (213,600 of the robot) in 95 minutes; training seed 1."
    #expect(noted.text(width: 200).contains(words))
    #expect(noted.markdown().contains("- \(words)\n"))
    #expect(noted.text(width: 200).contains("begun with weights of 96,000 images in 10 minutes"))
    #expect(noted.text(width: 200).contains("training seed not noted"))
    let rows = noted.csv().split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows.allSatisfy { $0.count == rows[0].count })
    #expect(rows[1].suffix(5) == ["1918208", "316800", "213600", "95.4", "1"])
    let object = try JSONSerialization.jsonObject(with: Data(noted.json().utf8)) as? [String: Any]
    let policy = (object?["policies"] as? [[String: Any]])?.first
    let training = (policy?["facts"] as? [String: Any])?["training"] as? [String: Any]
    #expect(training?["images"] as? Int == 316_800)
  }

  /// A GPU rounds otherwise: the same recipe and seed are other weights there.
  @Test func whatIsNoProcessorIsNamed() throws {
    let table = table(["openvla": facts(seed: 1, device: "cuda:0"), "scratch": facts(seed: 1)])
    let words = "(213,600 of the robot) in 95 minutes"
    #expect(table.text(width: 200).contains("\(words) on cuda:0; training seed 1."))
    #expect(table.markdown().contains("\(words) on cuda:0; training seed 1."))
    #expect(table.text(width: 200).contains("\(words); training seed 1."))
    let object = try JSONSerialization.jsonObject(with: Data(table.json().utf8)) as? [String: Any]
    let policy = (object?["policies"] as? [[String: Any]])?.first {
      $0["name"] as? String == "openvla"
    }
    let training = (policy?["facts"] as? [String: Any])?["training"] as? [String: Any]
    #expect(training?["device"] as? String == "cuda:0")
  }

  /// Sixty and forty percent: a mean of fifty, and 14.1 points as the standard deviation of two.
  @Test func trainingsOfOneRecipeShowTheirSpread() throws {
    let seeds = try #require(noted.trainingSeeds.first)
    #expect(noted.trainingSeeds.count == 1)
    #expect(seeds.policies.map(\.name) == ["openvla", "openvla-seed2"])
    #expect(seeds.suites.map(\.rates) == [[0.6, 0.4]])
    #expect(abs(seeds.suites[0].standardDeviation - 0.1414) < 1e-4)
    #expect(
      noted.text(width: 300).contains(
        "One recipe, training seeds 1 (openvla), 2 (openvla-seed2): semantic 60.0, 40.0 %, mean 50.0 %, "
          + "standard deviation 14.1 points."))
    let object = try JSONSerialization.jsonObject(with: Data(noted.json().utf8)) as? [String: Any]
    let group = (object?["training_seeds"] as? [[String: Any]])?.first
    let suite = (group?["suites"] as? [[String: Any]])?.first
    #expect(suite?["standard_deviation"] as? Double == 0.1414)
  }

  @Test func otherRecipesAndTheSameSeedAreNoSpread() {
    let other = table(["openvla": facts(seed: 1), "openvla-seed2": facts(seed: 2, recipe: "bb")])
    #expect(other.trainingSeeds.isEmpty)
    let twice = table(["openvla": facts(seed: 1), "openvla-seed2": facts(seed: 1)])
    #expect(twice.trainingSeeds.isEmpty)
    #expect(table([:]).policyNotes.isEmpty)
  }

  /// A run keeps the facts, and whoever reads its folder has them in the table.
  @Test func aRunKeepsThem() throws {
    let folder = try TemporaryFolder()
    let run = try makeRun(suites: ["plain"])
    var description = run.description(facts: [:])
    description.policyFacts = [
      description.contestants[0].name: facts(seed: 1, device: "cuda:0")
    ]
    let runFolder = try RunFolder(at: folder.path, describing: description, resuming: false)
    let summary = Summary(of: try run.records(in: runFolder), in: runFolder.description)
    try runFolder.write(summary)
    #expect(summary.table.policyNotes.count == 1)
    #expect(try EpisodeStream(at: folder.path).summary() == summary)
    let markdown = String(decoding: try folder.contents("summary.md"), as: UTF8.self)
    #expect(markdown.contains("training seed 1"))
    #expect(try RunDescription(inFolder: folder.path) == description)
    var without = description
    without.policyFacts = [:]
    #expect(without.differences(from: description).isEmpty)
  }
}
