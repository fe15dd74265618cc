import Foundation
import Testing

@testable import StrictYAML

/// Reading of a file's bytes: bounded, and every refusal says what to do.
struct YAMLDocumentTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var id: String
    var bytes: Data
    var expected: [String]
    var testDescription: String { id }

    init(_ id: String, _ text: String, _ expected: String...) {
      self.init(id, bytes: Data(text.utf8), expected)
    }

    init(_ id: String, bytes: Data, _ expected: [String]) {
      (self.id, self.bytes, self.expected) = (id, bytes, expected)
    }
  }

  static let cases = [
    Case("empty", "", "x.yaml:", "empty", "name"),
    Case("commentOnly", "# nothing\n", "empty"),
    Case("twoDocuments", "a: 1\n---\nb: 2\n", "x.yaml:2", "another document"),
    Case("unclosedList", "a: [1\nb: 2\n", "x.yaml:2", "not YAML"),
    Case("tabs", "a:\n\tb: 1\n", "x.yaml:2", "not YAML"),
    Case("duplicateKey", "a: 1\nb: 2\na: 3\n", "x.yaml:1", "a: the key occurs twice", "keep one"),
    Case(
      "gitPointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
    Case("anchor", "a: &big [1]\nb: *big\n", "x.yaml:1", "an anchor"),
    Case("alias", "a: 1\nb: [2, *a]\n", "x.yaml:2", "an alias"),
    Case("tag", "a: !!binary aGk=\n", "x.yaml:1", "a tag"),
    Case("mergeKey", "a: 1\n<<: *a\n", "x.yaml:2", "an alias"),
    // Quotation marks that are not where a quoted text begins hide nothing.
    Case("quoteInPlainWords", "{a: b\n\"c, d: *x, \"e\": 1}\n", "an alias"),
    Case("quoteOverLines", "[\"b\n  , 'c\", *x, 'd']\n", "an alias"),
    Case("commentWithinQuote", "[\"b\n  # c\", *x]\n", "an alias"),
    Case("quoteBehindColon", "{a:\"b, c: *x, \"d\": 1}\n", "an alias"),
    Case("quoteBehindQuote", "[\"a\"\"b, *x, \"c\"]\n", "an alias"),
    Case("bracketInPlainWords", "a, {': &c d# }'\n", "an anchor"),
    Case("dashInPlainWords", "- a - 'b: &c d'\n", "an anchor"),
    Case("bracketInBlockText", "a: |\n  b: [\nc:\n- e, 'f: &g h'\n", "an anchor"),
    Case("bracketInLongWords", "a: b\n  [\nc:\n- e, 'f: &g h'\n", "an anchor"),
    Case("explicitKey", "? [a, b]\n: 1\n", "x.yaml:1", "a key must be one word"),
    Case("listAsKey", "{[a, b]: 1}\n", "x.yaml:1", "cannot be a key"),
    Case("controlCharacter", "a: 1\nb: \u{1}\n", "not YAML", "remove"),
    Case(
      "aliasBomb",
      "a: &a [x, x]\n"
        + zip("abcdefgh", "bcdefghi").map { "\($1): &\($1) [*\($0), *\($0), *\($0)]\n" }.joined()
        + "? *i\n: 1\n? *i\n: 2\n",
      "x.yaml:1", "an anchor"),
    Case("notUTF8", bytes: Data([0x61, 0x3a, 0x20, 0xff, 0xfe]), ["not UTF-8"]),
    Case("UTF16", bytes: Data("a: 1".utf16.flatMap { [UInt8($0 & 255), 0] }), ["not YAML"]),
    Case("deepLists", String(repeating: "[", count: 200_000), "not YAML"),
    Case("deepMappings", String(repeating: "{a: ", count: 50_000), "not YAML"),
    Case("deepBlocks", String(repeating: "- ", count: 100_000), "not YAML"),
    Case(
      "deepLines",
      (0..<500).map { String(repeating: " ", count: $0) + "a:\n" }.joined() + "\tx", "not YAML"),
  ]

  @Test(arguments: cases)
  func whatIsNoDataFileIsRefused(_ testCase: Case) throws {
    let error = #expect(throws: YAMLError.self) {
      try YAMLDocument(bytes: testCase.bytes, named: "x.yaml").read { _ in }
    }
    let message = error?.description ?? ""
    #expect(message.hasPrefix("x.yaml"), "\(message)")
    for part in testCase.expected { #expect(message.contains(part), "\(message)") }
    #expect(message.utf8.count < 500)
  }

  @Test(arguments: [
    "a: this & that *emphasised*, b!\n", "a: \"50 % off * 2\"\n", "# see [1]: and *x*\na: 1\n",
    "a: what? yes\n", "a: -*b*\n", "{a: \"{object} on\", b: [1, 2]}\n", "a: '#x'\n",
    "a: \"{object}\" # {b}\n", "a: \"this: *that*\"\n", "a: 'it''s: *this*, &that'\n",
    "a: b # see: *c*\n", "{\"a\": {\"b\": \"c: &d\"}, \"e\": ['!f', \"\\\"&g\"]}\n",
    "a: it's\nb: 'x: *y'\n", "a: say \"no\" [twice]\nb: \"x: *y\"\n",
  ])
  func harmlessTextIsRead(_ text: String) throws {
    try YAMLDocument(text: text, named: "x.yaml").read { root in
      #expect(root.entry("a") != nil)
    }
  }

  @Test func filesThatAreNoRegularFilesAreNotWaitedFor() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "yaml-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func message(_ name: String) -> String {
      let error = #expect(throws: YAMLError.self) {
        try YAMLDocument(atPath: folder.appending(path: name).path(), named: name)
      }
      return error?.description ?? ""
    }
    #expect(message("nothing.yaml").contains("missing"))
    mkfifo(folder.appending(path: "pipe.yaml").path(), 0o600)
    #expect(message("pipe.yaml").contains("no regular file"))
    try FileManager.default.createDirectory(
      at: folder.appending(path: "folder.yaml"), withIntermediateDirectories: true)
    #expect(message("folder.yaml").contains("no regular file"))
    symlink("loop.yaml", folder.appending(path: "loop.yaml").path())
    #expect(message("loop.yaml").contains("circle"))
    try Data(repeating: 0x20, count: YAMLDocument.largestFile + 1)
      .write(to: folder.appending(path: "large.yaml"))
    #expect(message("large.yaml").contains("larger than"))
    symlink("/dev/zero", folder.appending(path: "endless.yaml").path())
    #expect(message("endless.yaml").contains("no regular file"))
  }
}
