import Foundation
import Testing

@testable import InputFiles

@Suite("JSON files of strangers")
struct JSONDocumentTests {
  private func document(_ text: String) throws -> JSONDocument {
    try JSONDocument(Data(text.utf8), path: "f.json")
  }

  @Test("values come back as they stand there")
  func values() throws {
    let root = try document(
      #"{"a": [1, -2, 3.5, 1e-06, true, false, null], "b": {"c": "x\"\u00e9\n"}, "d": ""}"#
    ).root
    #expect(
      root["a"]
        == .array([
          .integer(1), .integer(-2), .number(3.5), .number(1e-6), .boolean(true), .boolean(false),
          .null,
        ]))
    #expect(root["b"]?["c"]?.text == "x\"é\n")
    #expect(root["d"]?.isEmpty == true && root["e"] == nil)
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    var text: String
    var complaint: String
    var testDescription: String { String(text.prefix(30)) }
  }

  @Test(
    "what is no JSON is told with its line",
    arguments: [
      Broken(
        text: "{\"a\": 1,\n\"a\": 2}", complaint: "line 2: not valid JSON: the key a appears twice"),
      Broken(text: "[1,\n2,\n]", complaint: "line 3: not valid JSON"),
      Broken(text: String(repeating: "[", count: 100_000), complaint: "nested too deeply"),
      Broken(text: "{\"a\": 01}", complaint: "a number is expected"),
      Broken(text: "{\"a\": 1.}", complaint: "a digit is expected"),
      Broken(text: "{\"a\": tru}", complaint: "a JSON value is expected"),
      Broken(text: "\"\\ud800\"", complaint: "half a surrogate pair"),
      Broken(text: "{} {}", complaint: "something follows"),
      Broken(text: "", complaint: "a JSON value is expected"),
    ])
  func broken(_ broken: Broken) {
    #expect {
      try document(broken.text)
    } throws: { "\($0)".hasPrefix("f.json: ") && "\($0)".contains(broken.complaint) }
  }

  @Test("Python's numbers are read, and reach the decoder as such")
  func pythonNumbers() throws {
    let text = #"{"a": [NaN, Infinity, -Infinity, 2, 0.1], "b": "NaN"}"#
    let numbers: [Double] = try document(text).decoded(at: ["a"])
    #expect(numbers[0].isNaN && numbers[1] == .infinity && numbers[2] == -.infinity)
    #expect(numbers[3] == 2 && numbers[4] == 0.1)
    #expect(try document(text).decoded(at: ["b"]) == "NaN")
  }

  @Test("decoding names the key, and looks at nothing beside it")
  func decoding() throws {
    struct Inner: Decodable { var number: Int }
    let document = try document(#"{"a": {"b": {"number": "x"}, "c": {"number": 3}}}"#)
    let inner: Inner = try document.decoded(at: ["a", "c"])
    #expect(inner.number == 3)
    #expect {
      let _: Inner = try document.decoded(at: ["a", "b"])
    } throws: { "\($0)".contains("'a.b.number' is not of type Int") }
    #expect {
      let _: Inner = try document.decoded(at: ["a", "d"])
    } throws: { "\($0)".contains("'a' lacks the key 'd'") }
  }

  @Test("every number of a double's range comes back to the bit")
  func doubles() throws {
    let numbers = [
      0.1, 1e-308, Double.leastNonzeroMagnitude, .greatestFiniteMagnitude, -0.0, 123_456_789.123,
    ]
    for number in numbers {
      let back: [Double] = try document("[\(number)]").decoded()
      #expect(back[0].bitPattern == number.bitPattern)
    }
  }
}

@Suite("Known keys")
struct KnownKeysTests {
  private let keys = KnownKeys(
    obeyed: ["size"], inert: ["note"],
    [
      "mode": .only([.string("plain"), .integer(1)]),
      "inner": .object(KnownKeys(obeyed: ["x"])), "list": .objects(KnownKeys(obeyed: ["y"])),
    ])

  private func check(_ text: String) throws {
    try keys.check(JSONDocument(Data(text.utf8), path: "f.json"))
  }

  @Test("known keys, and unknown ones that say nothing, are taken")
  func taken() throws {
    try check(#"{"size": 3, "note": {"any": "thing"}, "mode": "plain", "inner": {"x": 1}}"#)
    try check(#"{"new": null, "newer": false, "newest": [], "other": {}, "text": ""}"#)
    try check(#"{"mode": null}"#)
    try check(#"{"mode": 1.0, "inner": null, "list": [{"y": 1}, {}]}"#)
  }

  @Test(
    "unknown keys that say something are refused by name",
    arguments: [
      (#"{"sise": 3}"#, "'sise'"), (#"{"sise": 3}"#, "did you mean 'size'?"),
      (#"{"inner": {"z": 0}}"#, "'inner.z'"),
      (#"{"list": [{}, {"z": true}]}"#, "'list.1.z'"), (#"{"mode": "wild"}"#, "'mode'"),
      (#"{"mode": false}"#, "'mode'"), (#"[1]"#, "no JSON object"),
    ])
  func refused(text: String, complaint: String) {
    #expect {
      try check(text)
    } throws: { "\($0)".contains("f.json") && "\($0)".contains(complaint) }
  }
}

@Suite("Whole files")
struct InputFileTests {
  private func withFile(_ data: Data, _ body: (URL) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("input-\(UInt64.random(in: 0...(.max)))")
    try data.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url)
  }

  @Test("a pointer of Git LFS is no file")
  func lfsPointer() throws {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:3f\nsize 6948961960\n"
    try withFile(Data(pointer.utf8)) { url in
      #expect {
        try InputFile.data(at: url)
      } throws: { "\($0)".hasPrefix(url.path) && "\($0)".contains("git lfs pull") }
    }
  }

  @Test("missing files, folders, pipes and files that are too large are refused at once")
  func refused() throws {
    let folder = FileManager.default.temporaryDirectory
    #expect { try InputFile.data(at: folder) } throws: { "\($0)".contains("not a regular file") }
    #expect { try InputFile.data(at: folder.appendingPathComponent("nowhere")) } throws: {
      "\($0)".contains("nowhere")
    }
    let pipe = folder.appendingPathComponent("pipe-\(UInt64.random(in: 0...(.max)))")
    #expect(mkfifo(pipe.path, 0o600) == 0)
    defer { unlink(pipe.path) }
    #expect { try InputFile.data(at: pipe) } throws: { "\($0)".contains("not a regular file") }
    try withFile(Data(count: 9)) { url in
      #expect { try InputFile.data(at: url, limit: 8) } throws: { "\($0)".contains("more than") }
      let whole = try InputFile.data(at: url, limit: 9)
      #expect(whole.count == 9)
    }
  }
}
