import Foundation
import RandomNumbers
import TestSupport
import Testing
import Yams

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
    let tally = Fuzz.trial(of: "YAML", byDefault: 3000) { _ in
      let bytes = mutation.mutate(Self.texts[mutation.choice(of: Self.texts.count)])
      try YAMLDocument(bytes: bytes, named: "x.yaml").read { root in visit(root) }
    } judging: {
      fault(of: $0)
    }
    #expect(tally.faults.isEmpty && tally.read > 0, "\(tally)")
  }

  /// Bytes of what YAML's syntax is made of, in any order.
  @Test func anyMixtureOfIndicatorsIsRefusedOrRead() throws {
    let alphabet = Array("abc123 -?:,[]{}#&*!|>'\"%@`\n\t~<=.\\\u{85}é".utf8)
    // Half of them of what hides or shows an anchor, and mostly YAML.
    let pieces = ["a", "b ", " &c d", "\"", "'", ", ", ": ", "[", "]", "{", "}", "\n ", "\n", "# "]
    let tally = Fuzz.trial(of: "YAML's indicators", byDefault: 3000) { number in
      var source = RandomStream(seed: 23).numbered(number)
      let bytes =
        number.isMultiple(of: 2)
        ? (0..<source.integer(below: 200)).compactMap { _ in source.element(of: alphabet) }
        : (0..<source.integer(below: 14)).flatMap { _ in
          Array((source.element(of: pieces) ?? "").utf8)
        }
      let text = Data(bytes)
      try YAMLDocument(bytes: text, named: "x.yaml").read { root in visit(root) }
      // What is read holds nothing that another place could repeat.
      let parser = try Parser(yaml: String(decoding: text, as: UTF8.self))
      let holdsAnchor = try parser.singleRoot().map(holdsAnchor)
      // Who has parsed it keeps the anchors.
      withExtendedLifetime(parser) {
        #expect(
          holdsAnchor == false,
          "\(number): \(String(decoding: text, as: UTF8.self).debugDescription)")
      }
    } judging: {
      fault(of: $0)
    }
    #expect(tally.faults.isEmpty, "\(tally)")
  }

  private func holdsAnchor(_ node: Node) -> Bool {
    switch node {
    case .mapping(let mapping):
      mapping.anchor != nil || mapping.contains { holdsAnchor($0.key) || holdsAnchor($0.value) }
    case .sequence(let sequence):
      sequence.anchor != nil || sequence.contains(where: holdsAnchor)
    case .scalar(let scalar): scalar.anchor != nil
    case .alias: true
    }
  }

  private func fault(of error: any Error) -> String? {
    guard let complaints = (error as? YAMLError)?.complaints else { return "is of another kind" }
    return complaints.allSatisfy { $0.file == "x.yaml" && $0.line != nil && !$0.mend.isEmpty }
      ? nil : "lacks file, line or mend"
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
