import Foundation
import TestSupport
import Testing
import Torch

@testable import Networks

@Suite("Broken configurations")
struct ConfigurationFuzzTests {
  private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/openvla-tiny")

  /// Sizes that a broken number could blow up are checked before anything of that size is made: an error, no trap.
  @Test(
    "broken config.json files are refused with a reason, or describe a network that can be tried")
  func configurations() throws {
    // In one order of its keys, which otherwise is another in every process: the same broken files each time.
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let encoded = try encoder.encode(tinyConfiguration())
    var mutation = Mutation(of: [encoded], seed: 5)
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("trestle-fuzz-\(UInt64.random(in: 0...(.max))).json")
    defer { try? FileManager.default.removeItem(at: url) }
    let tally = Fuzz.trial(of: "config.json by itself", byDefault: 4_000) { _ in
      try mutation.next().write(to: url)
      _ = try OpenVLAConfiguration(contentsOf: url)
    } judging: {
      Refusal.fault($0, naming: url.lastPathComponent, in: Refusal.names(in: encoded))
    }
    #expect(
      tally.faults.isEmpty && tally.read > tally.count / 200 && tally.refused > tally.count / 4,
      "\(tally)")
  }

  /// What is left out follows from other numbers, which may be any.
  @Test(
    "numbers at the ends of their range are refused",
    arguments: [
      ("width", Int.max), ("width", Int.min), ("depth", Int.min), ("depth", Int.max),
      ("register_tokens", Int.max), ("patch", Int.min), ("image_size", Int.max), ("heads", 0),
    ])
  func extremes(key: String, number: Int) throws {
    var values = ["patch": 28, "width": 64, "depth": 3, "heads": 4]
    values[key] = number
    let text = try JSONSerialization.data(withJSONObject: values)
    let configuration = try JSONDecoder().decode(VisionTransformerConfiguration.self, from: text)
    #expect { try configuration.validate() } throws: { "\($0)".contains(key) }
  }
}
