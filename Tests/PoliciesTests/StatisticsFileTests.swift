import Foundation
import InputFiles
import Testing

@testable import Policies

@Suite("Statistics files")
struct StatisticsFileTests {
  /// Seven numbers of each, as JSON.
  private static let lists =
    #""q01": [-1, -2, -3, -1, -1, -1, 0], "q99": [1, 2, 3, 1, 1, 1, 1], "mask": [true, true, true, true, true, true, false]"#

  private func statistics(_ json: String, key: String? = nil) throws -> ActionStatistics {
    try file(json) { try $0.action(key: key) }
  }

  private func file<Result>(_ json: String, _ read: (StatisticsFile) throws -> Result) throws
    -> Result
  {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("statistics-\(UInt64.random(in: 0...(.max)))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(json.utf8).write(to: folder.appendingPathComponent("dataset_statistics.json"))
    let configuration = try JSONDocument(Data("{}".utf8), path: "config.json")
    return try read(StatisticsFile(in: folder, configuration: configuration))
  }

  @Test(
    "what acting does not use is not demanded and can't do harm",
    arguments: [
      "", #", "mean": [NaN, 1, 1, 1, 1, 1, Infinity]"#, #", "std": [1], "max": "none""#,
      #", "min": null, "count": [3]"#,
    ])
  func unused(more: String) throws {
    let read = try statistics(#"{"a": {"action": {\#(Self.lists)\#(more)}}}"#)
    #expect(read.unnormalized([1, 1, 1, 1, 1, 1, 0.5]) == [1, 2, 3, 1, 1, 1, 0.5])
  }

  @Test("another dataset's entry does not matter, nor do numbers that the mask leaves out")
  func neighbours() throws {
    let others = #""b": {"action": {"mean": [0]}}, "c": 7"#
    _ = try statistics(#"{"a": {"action": {\#(Self.lists)}}, \#(others)}"#, key: "a")
    let masked = Self.lists.replacingOccurrences(of: "1, 0]", with: "1, NaN]")
    _ = try statistics(#"{"a": {"action": {\#(masked)}}}"#)
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var complaint: String
    var testDescription: String { new }
  }

  @Test(
    "what acting uses is checked",
    arguments: [
      Refused(old: "[1, 2, 3, 1, 1, 1, 1]", new: "[1, 2, 3]", complaint: "'q99' holds 3 numbers"),
      Refused(old: "[1, 2, 3, 1", new: "[1, NaN, 3, 1", complaint: "not finite"),
      Refused(old: "[1, 2, 3, 1", new: "[1, -3, 3, 1", complaint: "q01 <= q99"),
      Refused(old: "[-1, -2", new: "[-1, -1.5e308", complaint: "not finite"),
      Refused(old: "true, false]", new: "false]", complaint: "'mask' holds 6"),
      Refused(old: #""q01": [-1"#, new: #""q01": ["x""#, complaint: "q01"),
      Refused(old: #""q01""#, new: #""q1""#, complaint: "q1"),
      Refused(old: #""mask""#, new: #""norm": "minmax", "mask""#, complaint: "'a.action.norm'"),
    ])
  func checked(_ refused: Refused) throws {
    var text = Self.lists.replacingOccurrences(of: refused.old, with: refused.new)
    // Two numbers that are finite and whose difference is not.
    if refused.new.contains("1.5e308") {
      text = text.replacingOccurrences(of: "[1, 2", with: "[1, 1.5e308")
    }
    #expect(text != Self.lists)
    #expect {
      try statistics(#"{"a": {"action": {\#(text)}}}"#)
    } throws: {
      "\($0)".contains("dataset_statistics.json") && "\($0)".contains(refused.complaint)
    }
  }

  @Test("actions that are scaled by their extremes need them, and are not clipped at percentiles")
  func extremes() throws {
    let ends = #""min": [-4, -4, -4, -1, -1, -1, 0], "max": [4, 4, 4, 1, 1, 1, 1]"#
    func read(_ ends: String) throws -> ActionStatistics {
      try file(#"{"a": {"action": {\#(Self.lists)\#(ends)}}}"#) {
        try $0.action(key: nil, normalization: .bounds)
      }
    }
    let wide = try read(", " + ends)
    #expect(wide.unnormalized([1, 1, 1, 1, 1, 1, 0.5]) == [4, 4, 4, 1, 1, 1, 0.5])
    #expect(wide.unnormalized([-1, 0, 1, 0, 0, 0, 0]) == [-4, 0, 4, 0, 0, 0, 0])
    // Beyond the percentiles, which are 1, 2 and 3.
    let action = [3.9, -3.9, 3.5, 0, 0, 0, 1]
    for (back, number) in zip(wide.unnormalized(wide.normalized(action)), action) {
      #expect(abs(back - number) < 1e-6)
    }
    for (ends, complaint) in [
      ("", "'min' or 'max' is missing"),
      (", " + ends.replacingOccurrences(of: "[4", with: "[NaN"), "missing or not finite"),
      (", " + ends.replacingOccurrences(of: "[4, 4", with: "[4"), "'max' holds 6 numbers"),
      (", " + ends.replacingOccurrences(of: "[4", with: "[-5"), "min <= max is needed"),
    ] {
      #expect { try read(ends) } throws: {
        "\($0)".contains("dataset_statistics.json") && "\($0)".contains(complaint)
      }
    }
  }

  @Test("which dataset is asked for, which there are, or that there is none is said")
  func choices() throws {
    let two = #"{"b": {}, "a": {"action": {\#(Self.lists)}}}"#
    #expect { try statistics(two) } throws: {
      "\($0)".contains("several datasets") && "\($0)".contains("a, b")
    }
    #expect { try statistics(two, key: "c") } throws: {
      "\($0)".contains("'c'") && "\($0)".contains("a, b")
    }
    for (text, key) in [("{}", nil), ("{}", "a"), ("", nil), (" \n", nil)] {
      #expect { try statistics(text, key: key) } throws: { "\($0)".contains("holds no dataset") }
    }
    #expect { try statistics("[]") } throws: { "\($0)".contains("dataset_statistics.json") }
  }

  @Test("where each set-up has a dataset of its name, an episode's is taken")
  func bySetup() throws {
    let wide = Self.lists.replacingOccurrences(of: "[1, 2, 3, 1", with: "[9, 2, 3, 1")
    let text = #"{"sink": {"action": {\#(Self.lists)}}, "desk": {"action": {\#(wide)}}, "c": {}}"#
    let highest = [1.0, 1, 1, 1, 1, 1, 1]
    let both = try file(text) { try $0.scales(key: nil, setups: ["sink", "desk", "sink"]) }
    #expect(try both.statistics(of: "sink").unnormalized(highest)[0] == 1)
    #expect(try both.statistics(of: "desk").unnormalized(highest)[0] == 9)
    for setup in ["c", nil] {
      #expect { try both.statistics(of: setup) } throws: { "\($0)".contains("desk, sink") }
    }
    // One that is named is for all, and so is an only one.
    let named = try file(text) { try $0.scales(key: "desk", setups: ["sink"]) }
    #expect(try named.statistics(of: "sink").unnormalized(highest)[0] == 9)
    let only = try file(#"{"a": {"action": {\#(wide)}}}"#) {
      try $0.scales(key: nil, setups: ["sink"])
    }
    #expect(try only.statistics(of: "sink").unnormalized(highest)[0] == 9)
    for setups in [["sink", "moon"], []] {
      #expect { try file(text) { try $0.scales(key: nil, setups: setups) } } throws: {
        "\($0)".contains("several datasets")
      }
    }
  }
}
