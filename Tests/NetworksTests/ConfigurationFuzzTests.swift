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
    var counts = (read: 0, refused: 0)
    let count = Fuzz.count(share: 2, byDefault: 4_000)
    for _ in 0..<count {
      try mutation.next().write(to: url)
      do {
        _ = try OpenVLAConfiguration(contentsOf: url)
        counts.read += 1
      } catch {
        counts.refused += 1
        #expect("\(error)".contains(url.lastPathComponent))
      }
    }
    #expect(counts.read > count / 200 && counts.refused > count / 4, "\(counts)")
  }
}
