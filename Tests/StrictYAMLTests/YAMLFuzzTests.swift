import Foundation
import RandomNumbers
import TestSupport
import Testing

@testable import StrictYAML

/// Mutated documents are refused, or every value of them can be read as anything or refused.
struct YAMLFuzzTests {
  private static let texts = [
    "name: a\nlist: [1, 2.5, -3e-2, {b: \"c\"}]\nmap:\n  - {x: 1, y: [true, ~]}\n  - >\n    folded\n    text\n",
    "a: 'it''s'\nb: |\n  lines\n  more\n\"c d\": [[[[1]]]]\ne: {f: {g: {h: 1}}}\n# end [x]: y\n",
    "? [a]\n: &x [1]\nb: *x\nc: !!str d\n<<: {e: f}\n",
  ]

  @Test func mutatedDocumentsAreRefusedOrRead() throws {
    var mutation = YAMLMutation(seed: 22)
    var read = 0
    for _ in 0..<fuzzCount(3000) {
      let bytes = mutation.mutate(Self.texts[mutation.choice(of: Self.texts.count)])
      do {
        let document = try YAMLDocument(bytes: bytes, named: "x.yaml")
        try document.read { root in visit(root) }
        read += 1
      } catch let error as YAMLError {
        #expect(error.complaints.allSatisfy { $0.file == "x.yaml" && !$0.mend.isEmpty })
      }
    }
    #expect(read > 0)
  }

  /// Bytes of what YAML's syntax is made of, in any order.
  @Test func anyMixtureOfIndicatorsIsRefusedOrRead() throws {
    let alphabet = Array("abc123 -?:,[]{}#&*!|>'\"%@`\n\t~<=.\\\u{85}é".utf8)
    for number in 0..<fuzzCount(3000) {
      var source = RandomStream(seed: 23).numbered(number)
      let bytes = (0..<source.integer(below: 200)).compactMap { _ in source.element(of: alphabet) }
      do {
        let document = try YAMLDocument(bytes: Data(bytes), named: "x.yaml")
        try document.read { root in visit(root) }
      } catch let error as YAMLError {
        #expect(!error.complaints.isEmpty)
      }
    }
  }

  /// Asks everything of a value and of all below it.
  private func visit(_ value: YAMLValue) {
    _ = try? value.string()
    _ = try? value.boolean()
    _ = try? value.number(within: NumberLimits(0...1))
    _ = try? value.integer(within: CountLimits(0...9))
    _ = try? value.numbers(3)
    for item in (try? value.list()) ?? [] { visit(item) }
    for entry in (try? value.namedEntries()) ?? [] {
      #expect(value.entry(entry.name) != nil)
      visit(entry.value)
    }
  }
}
