import Foundation
import TestSupport
import Testing

@testable import Torch

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("Fixtures")

@Suite("Files of torch.save")
struct TorchArchiveTests {
  @Test("every element type, view and shape is read", arguments: ["state.pt", "state-4.pt"])
  func values(_ name: String) throws {
    let archive = try TorchArchive(fixtures.appendingPathComponent(name))
    let quarters = (0..<6).map { Double($0) / 4 }
    for dtype in DType.allCases {
      let tensor = try archive.tensor("kinds.\(dtype)")
      #expect(tensor.dtype == dtype && tensor.shape == [2, 3])
      let expected =
        switch dtype {
        case .bool: quarters.map { $0 == 0 ? 0 : 1.0 }
        case _ where !dtype.isFloatingPoint: quarters.map { $0.rounded(.towardZero) }
        default: quarters
        }
      #expect(try tensor.doubles() == expected, "\(dtype)")
    }
    #expect(try archive.tensor("shared.head").doubles() == [0, 1, 2, 3])
    #expect(try archive.tensor("shared.tail").doubles() == [4, 5, 6, 7, 8, 9])
    #expect(archive.shape(of: "shared.tail") == [3, 2])
    #expect(try archive.tensor("scalar").integers() == [-7])
    #expect(archive.shape(of: "scalar") == [])
    #expect(try archive.tensor("empty").shape == [0, 3])
    #expect(try archive.tensor("parameter").doubles() == [0, 0.25, 0.5])
    #expect(archive.names.count == DType.allCases.count + 5)
    #expect(archive.shape(of: "nothing") == nil)
  }

  @Test("a prefix that all names share is taken away, another is left")
  func prefixes() throws {
    let url = fixtures.appendingPathComponent("state.pt")
    #expect(try Checkpoint(file: url, withoutPrefix: "kinds.").contains("kinds.float32"))
    let folder = FileManager.default.temporaryDirectory
    let single = folder.appendingPathComponent("trestle-prefix-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: single) }
    try SafetensorsFile.write(
      [
        NamedTensor("module.a", Tensor([Float(3)])), NamedTensor("module.b", Tensor([Float(4)])),
      ], to: single)
    let checkpoint = try Checkpoint(file: single, withoutPrefix: "module.")
    #expect(checkpoint.names == ["a", "b"])
    #expect(try checkpoint.tensor("b").doubles() == [4])
    #expect(checkpoint.dtype(of: "a") == .float32)
  }

  @Test("a tensor that is not row-major is refused by name")
  func strides() {
    #expect {
      try TorchArchive(fixtures.appendingPathComponent("across.pt"))
    } throws: { "\($0)".contains("across") && "\($0)".contains("row-major") }
  }

  @Test("a file that torch.save did not write is refused with the mend")
  func otherFiles() {
    #expect {
      try TorchArchive(fixtures.appendingPathComponent("README.md"))
    } throws: { "\($0)".contains("README.md: is no zip archive") }
  }

  @Test("a cut file is refused, wherever it is cut")
  func cut() throws {
    let whole = try Data(contentsOf: fixtures.appendingPathComponent("state.pt"))
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("cut-\(UUID()).pt")
    defer { try? FileManager.default.removeItem(at: url) }
    for length in stride(from: 0, to: whole.count, by: 97) {
      try whole.prefix(length).write(to: url)
      #expect(throws: TorchError.self) { try TorchArchive(url) }
    }
  }
}

@Suite("Hostile pickles")
struct HostilePickleTests {
  struct PickleCase: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let mentions: String
    var testDescription: String { name }
  }

  static let cases = [
    PickleCase(
      name: "a call of the system", bytes: Array("cposix\nsystem\n(X\u{2}\0\0\0lstR.".utf8),
      mentions: "posix.system would be called"),
    PickleCase(
      name: "a new object of a class", bytes: Array("cmodels\nHead\n)".utf8) + [0x81, 0x2e],
      mentions: "opcode 129"),
    PickleCase(name: "an empty stack", bytes: Array("s.".utf8), mentions: "the stack is empty"),
    PickleCase(name: "a missing mark", bytes: Array("t.".utf8), mentions: "no mark"),
    PickleCase(
      name: "a text without end", bytes: Array("}X\u{7f}\0\0\0a".utf8), mentions: "more bytes"),
    PickleCase(name: "nothing", bytes: [], mentions: "more bytes"),
    PickleCase(name: "a number", bytes: Array("K\u{1}.".utf8), mentions: "no dictionary"),
    PickleCase(
      name: "a dictionary of numbers", bytes: Array("}X\u{1}\0\0\0aK\u{1}s.".utf8),
      mentions: "a is no tensor"),
  ]

  @Test("are refused with what they wanted", arguments: cases)
  func refused(_ hostile: PickleCase) {
    #expect {
      try hostile.bytes.withUnsafeBytes { _ = try PickledState($0) }
    } throws: { "\($0)".contains(hostile.mentions) }
  }

  @Test("values nested a million deep do not overflow the stack")
  func nesting() {
    let bytes = Array(")".utf8) + [UInt8](repeating: 0x85, count: 1_000_000) + Array(".".utf8)
    #expect(throws: TorchError.self) {
      try bytes.withUnsafeBytes { _ = try PickledState($0) }
    }
  }
}

@Suite("Broken files of torch.save")
struct TorchArchiveFuzzTests {
  private func originals() throws -> [Data] {
    try ["state.pt", "state-4.pt"].map {
      try Data(contentsOf: fixtures.appendingPathComponent($0))
    }
  }

  @Test("broken pickles are refused or read")
  func pickles() throws {
    let pickles = try originals().map { data in
      try data.withUnsafeBytes { bytes in
        let entries = try ZipDirectory(bytes).entries
        let range = try #require(entries.first { $0.key.hasSuffix("/data.pkl") }?.value)
        return Data(bytes[range])
      }
    }
    var mutation = Mutation(of: pickles, seed: 1)
    let tally = Fuzz.trial(of: "pickles", byDefault: 50_000) { _ in
      try mutation.next().withUnsafeBytes { _ = try PickledState($0) }
    } judging: {
      $0 is TorchError ? nil : "is of another kind"
    }
    // Both happen, else the mutations are too wild or too tame to say anything.
    #expect(
      tally.faults.isEmpty && tally.read > tally.count / 50 && tally.refused > tally.count / 5,
      "\(tally)")
  }
}
