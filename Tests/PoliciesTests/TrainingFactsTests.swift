import EnvironmentInterface
import Foundation
import TestSupport
import Testing

@testable import Policies

/// What a checkpoint says of its training.
@Suite struct TrainingFactsTests {
  private let whole = TrainingFacts(
    recipe: "0123456789abcdef", seed: 3, images: 900, robotImages: 400, seconds: 61.5,
    earlierImages: 50, earlierSeconds: 2, device: "cuda:0")

  @Test func aFolderSaysWhatItWasTrainedOn() throws {
    let checkpoint = try SmallCheckpoint()
    #expect(try PolicyCheckpoint.trainingFacts(in: checkpoint.folder.url) == nil)
    // Before there was a file for it the log said some of it.
    let log = [#"{"images":8,"seconds":2}"#, #"{"images":16,"seconds":4.5}"#]
    try checkpoint.folder.write(
      Data(log.map { $0 + "\n" }.joined().utf8), as: "training.jsonl")
    let logged = try PolicyCheckpoint.trainingFacts(in: checkpoint.folder.url)
    #expect(logged == TrainingFacts(images: 16, seconds: 4.5))
    try checkpoint.folder.write(JSONEncoder().encode(whole), as: "training.json")
    let facts = try PolicyCheckpoint(at: checkpoint.folder.url).facts()
    #expect(facts.training == whole)
    #expect(try #require(facts.parameters) > 1000)
  }

  /// It says nothing of how the policy acts, so that another file is no other policy.
  @Test func theWeightsHashDoesNotDependOnIt() throws {
    let checkpoint = try SmallCheckpoint()
    let before = try PolicyCheckpoint(at: checkpoint.folder.url).weightsHash()
    try checkpoint.folder.write(JSONEncoder().encode(whole), as: "training.json")
    #expect(try PolicyCheckpoint(at: checkpoint.folder.url).weightsHash() == before)
  }

  @Test func aBrokenFileIsRefusedByNameAndKey() throws {
    let checkpoint = try SmallCheckpoint()
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = try encoder.encode(whole)
    for (key, value) in [
      ("images", "-1"), ("robot_images", "901"), ("seconds", "-0.5"), ("earlier_images", "\"x\""),
      ("device", "7"), ("device", #""""#), ("device", #""cuda\u001b[2J""#),
      ("device", "\"\(String(repeating: "c", count: 33))\""),
    ] {
      var object = try #require(JSONSerialization.jsonObject(with: text) as? [String: Any])
      object[key] = try JSONSerialization.jsonObject(
        with: Data(value.utf8), options: .fragmentsAllowed)
      try checkpoint.folder.write(
        JSONSerialization.data(withJSONObject: object), as: "training.json")
      let error = #expect(throws: (any Error).self) {
        try PolicyCheckpoint.trainingFacts(in: checkpoint.folder.url)
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains("training.json"))
      #expect("\(error.map { "\($0)" } ?? "")".contains(key))
    }
    var mutation = Mutation(of: [text], seed: 31)
    let tally = Fuzz.trial(of: "training.json", byDefault: 200) { _ in
      try checkpoint.folder.write(mutation.next(), as: "training.json")
      let facts = try PolicyCheckpoint.trainingFacts(in: checkpoint.folder.url)
      #expect(facts?.flaw == nil)
    } judging: {
      Refusal.fault($0, naming: checkpoint.folder.url.path + "/", in: Refusal.names(in: text))
    }
    #expect(tally.faults.isEmpty && tally.refused > 0, "\(tally)")
  }
}
