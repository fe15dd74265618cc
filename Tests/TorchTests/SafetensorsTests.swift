import Foundation
import Testing
import Torch

@Suite("Safetensors")
struct SafetensorsTests {
  private func temporaryFile() -> URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
  }

  /// Header length, header, data.
  private func file(_ header: [UInt8], data: Int) -> Data {
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + Data(header)
      + Data(repeating: 0, count: data)
  }

  @Test("what is written is read back, whatever the type")
  func roundTrip() throws {
    let url = temporaryFile()
    defer { try? FileManager.default.removeItem(at: url) }
    let values = Tensor([1.5, -2, 3, 0] as [Float], shape: [2, 2])
    let tensors = DType.allCases.map { NamedTensor("a \"\($0)\" ä", values.to($0)) }
    try SafetensorsFile.write(
      tensors + [NamedTensor("empty", .zeros([0, 3])), NamedTensor("scalar", .ones([]))],
      metadata: ["step": "7"], to: url)
    let file = try SafetensorsFile(url)
    #expect(file.metadata == ["step": "7"])
    for entry in tensors { #expect(try file.tensor(entry.name).isIdentical(to: entry.tensor)) }
    #expect(file.shape(of: "empty") == [0, 3])
    #expect(try file.tensor("scalar").item() == 1)
  }

  struct Hostile: CustomTestStringConvertible {
    var name: String
    var header: [UInt8]
    var data = 8
    var complaint: String
    var testDescription: String { name }

    init(_ name: String, _ header: String, data: Int = 8, _ complaint: String) {
      (self.name, self.header) = (name, Array(header.utf8))
      (self.data, self.complaint) = (data, complaint)
    }
  }

  private static func tensor(
    _ name: String = "a", _ dtype: String = "F32", _ shape: String = "[2]",
    _ offsets: String = "[0,8]"
  ) -> String {
    "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  static let hostile: [Hostile] = [
    Hostile("not JSON", "hello", "expected"),
    Hostile("a list", "[]", "not a JSON object"),
    Hostile("two values", "{} {}", "follows"),
    Hostile("a name twice", "{\(tensor()),\(tensor())}", "appears twice"),
    Hostile("an unknown type", "{\(tensor("a", "F8_E4M3"))}", "not supported"),
    Hostile("a negative length", "{\(tensor("a", "F32", "[-2]"))}", "whole numbers"),
    Hostile("a fraction", "{\(tensor("a", "F32", "[1.5]"))}", "whole numbers"),
    Hostile(
      "an overflowing shape", "{\(tensor("a", "F32", "[4611686018427387904,4]"))}", "too large"),
    Hostile(
      "a number beyond 64 bits", "{\(tensor("a", "F32", "[99999999999999999999]"))}",
      "whole numbers"),
    Hostile("offsets that do not fit the shape", "{\(tensor("a", "F32", "[3]"))}", "do not hold"),
    Hostile("reversed offsets", "{\(tensor("a", "F32", "[2]", "[8,0]"))}", "data_offsets"),
    Hostile("data beyond the end", "{\(tensor())}", data: 4, "ends at byte"),
    Hostile(
      "overlapping tensors",
      "{\(tensor("a", "F32", "[2]", "[0,8]")),\(tensor("b", "F32", "[2]", "[4,12]"))}",
      data: 12, "overlaps"),
    Hostile(
      "a gap", "{\(tensor("a", "F32", "[1]", "[0,4]")),\(tensor("b", "F32", "[1]", "[8,12]"))}",
      data: 12, "gap"),
    Hostile("bytes that belong to none", "{\(tensor())}", data: 16, "belong to none"),
    Hostile("deep nesting", String(repeating: "{\"a\":", count: 5000), "deeply"),
    Hostile("a string without end", "{\"a", "does not end"),
    Hostile("half a surrogate pair", "{\"\\ud800\":1}", "surrogate"),
    Hostile("metadata that is no text", "{\"__metadata__\":{\"a\":1}}", data: 0, "not a string"),
  ]

  @Test("are refused with the reason", arguments: hostile)
  func refuses(_ hostile: Hostile) throws {
    let url = temporaryFile()
    defer { try? FileManager.default.removeItem(at: url) }
    try file(hostile.header, data: hostile.data).write(to: url)
    let error = #expect(throws: TorchError.self) { try SafetensorsFile(url) }
    #expect(error?.message.contains(hostile.complaint) == true, "\(error?.message ?? "")")
    #expect(error?.message.hasPrefix(url.path) == true)
  }

  @Test("refuses bytes that are not UTF-8, short files and impossible header lengths")
  func refusesRawBytes() throws {
    let url = temporaryFile()
    defer { try? FileManager.default.removeItem(at: url) }
    let invalid: [UInt8] = [UInt8(ascii: "{"), UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\"")]
    let cases = [
      (file(invalid, data: 0), "UTF-8"), (Data([1, 2, 3]), "byte 3"), (Data(), "byte 0"),
      (Data(repeating: 0xFF, count: 64), "the file ends at byte 64"),
    ]
    for (bytes, complaint) in cases {
      try bytes.write(to: url)
      let error = #expect(throws: TorchError.self) { try SafetensorsFile(url) }
      #expect(error?.message.contains(complaint) == true, "\(error?.message ?? "")")
    }
    #expect(throws: TorchError.self) { try SafetensorsFile(url.appendingPathExtension("none")) }
  }

  @Test("changing a loaded tensor never changes the file")
  func mappingIsPrivate() throws {
    let url = temporaryFile()
    defer { try? FileManager.default.removeItem(at: url) }
    try SafetensorsFile.write([NamedTensor("a", .zeros([4]))], to: url)
    let loaded = try SafetensorsFile(url).tensor("a")
    loaded.assign(.ones([4]))
    #expect(try loaded.floats() == [1, 1, 1, 1])
    #expect(try SafetensorsFile(url).tensor("a").floats() == [0, 0, 0, 0])
  }
}
