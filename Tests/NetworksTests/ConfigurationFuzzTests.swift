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
    let encoded = try JSONEncoder().encode(tinyConfiguration())
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
}
