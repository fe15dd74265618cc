import Foundation
import Testing

@testable import Remote

private func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.filter { $0 != " " }
  return stride(from: 0, to: digits.count, by: 2).map { start in
    let from = digits.index(digits.startIndex, offsetBy: start)
    return UInt8(digits[from..<digits.index(from, offsetBy: 2)], radix: 16) ?? 0
  }
}

/// Bytes that msgpack-python 1.2, openpi-client 0.1.2 and json-numpy 2.1 write.
@Suite struct GoldenBytesTests {
  @Test func openpiObservation() throws {
    let golden = bytes(
      """
      82 b16f62736572766174696f6e2f696d616765 84 c40b5f5f6e6461727261795f5f c3 c40464617461 c403010203 c4056474797065 \
      a37c7531 c4057368617065 93010103 a670726f6d7074 a47069636b
      """)
    let image = try NumericArray(pixels: [1, 2, 3], height: 1, width: 1)
    let value = WireValue.fields(["observation/image": .array(image), "prompt": .text("pick")])
    #expect(try MessagePackWriter.bytes(of: value, arrays: .openpi) == golden)
    #expect(try MessagePackReader.value(of: golden).findingArrays() == value)
  }

  @Test func openpiAction() throws {
    let golden = bytes(
      """
      82 a7616374696f6e73 84 c40b5f5f6e6461727261795f5f c3 c40464617461 c4080000003f000080bf c4056474797065 a33c6634 \
      c4057368617065 920102 ad7365727665725f74696d696e67 81 a8696e6665725f6d73 cb4000000000000000
      """)
    let reply = try MessagePackReader.value(of: golden).findingArrays()
    #expect(reply["actions"]?.numbers?.shape == [1, 2])
    #expect(reply["actions"]?.numbers?.values == [0.5, -1])
    #expect(reply["server_timing"]?["infer_ms"]?.double == 2)
    #expect(try MessagePackWriter.bytes(of: reply, arrays: .openpi) == golden)
  }

  @Test func roboArenaReset() throws {
    let value = WireValue.fields(["endpoint": .text("reset")])
    #expect(
      try MessagePackWriter.bytes(of: value, arrays: .openpi)
        == bytes("81a8656e64706f696e74a57265736574"))
  }

  @Test func jsonNumPy() throws {
    let request =
      #"{"image":{"__numpy__":"AQID","dtype":"|u1","shape":[1,1,3]},"instruction":"pick"}"#
    let image = try NumericArray(pixels: [1, 2, 3], height: 1, width: 1)
    let value = WireValue.fields(["image": .array(image), "instruction": .text("pick")])
    #expect(try JSONText.value(of: Array(request.utf8)).findingArrays() == value)
    let written = try JSONText.bytes(of: value, arrays: .jsonNumPy)
    #expect(try JSONText.value(of: written).findingArrays() == value)
    let reply = #"{"__numpy__":"AAAAAAAA4D8AAAAAAADwvw==","dtype":"<f8","shape":[2]}"#
    #expect(try JSONText.value(of: Array(reply.utf8)).findingArrays().numbers?.values == [0.5, -1])
  }

  @Test(arguments: [
    ("00", WireValue.integer(0)), ("7f", .integer(127)), ("cc80", .integer(128)),
    ("cd0100", .integer(256)), ("ce00010000", .integer(65536)), ("ff", .integer(-1)),
    ("e0", .integer(-32)), ("d0df", .integer(-33)), ("d1ff7f", .integer(-129)),
    ("d2ffff7fff", .integer(-32769)), ("d3ffffffff7fffffff", .integer(-2_147_483_649)),
    ("cfffffffffffffffff", .unsigned(.max)), ("cb3ff0000000000000", .number(1)),
    ("c0", .null), ("c3", .bool(true)), ("90", .list([])), ("80", .map([])), ("a0", .text("")),
    ("c400", .bytes([])), ("a3e282ac", .text("€")),
  ])
  func everyTypeComesBack(hex: String, value: WireValue) throws {
    #expect(try MessagePackReader.value(of: bytes(hex)) == value)
    #expect(try MessagePackWriter.bytes(of: value, arrays: .openpi) == bytes(hex))
  }

  @Test func lengthsTakeTheShortestForm() throws {
    for count in [31, 32, 255, 256, 65535, 65536] {
      let value = WireValue.list([
        .text(String(repeating: "x", count: count)), .bytes([UInt8](repeating: 7, count: count)),
        .list([WireValue](repeating: .null, count: count)),
        .map((0..<count).map { .init(key: .integer(Int64($0)), value: .null) }),
      ])
      let written = try MessagePackWriter.bytes(of: value, arrays: .openpi)
      #expect(try MessagePackReader.value(of: written) == value)
    }
  }
}

@Suite struct ArrayFormTests {
  @Test(arguments: ArrayForm.allCases)
  func everyFormComesBack(form: ArrayForm) throws {
    let pixels = (0..<4 * 5 * 3).map { UInt8($0 * 4 % 256) }
    let arrays = [
      try NumericArray(pixels: pixels, height: 4, width: 5),
      try NumericArray(float64: [1, -2, 3, 4, 5, 6.5], shape: [2, 3]),
    ]
    for array in arrays {
      let value = WireValue.fields(["a": .list([.array(array)])])
      let isJSON = form == .jsonNumPy || form == .roboEvals
      let back =
        isJSON
        ? try JSONText.value(of: JSONText.bytes(of: value, arrays: form))
        : try MessagePackReader.value(of: MessagePackWriter.bytes(of: value, arrays: form))
      var found: ArrayForm?
      #expect(try back.findingArrays(form: &found) == value)
      #expect(found == form)
    }
  }

  @Test(arguments: [
    ("|u1", "01ff", [1.0, 255]), ("<i2", "feff0100", [-2, 1]), (">i2", "fffe0001", [-2, 1]),
    ("<f2", "003c00c0", [1, -2]), ("<f4", "0000003f000080bf", [0.5, -1]), ("|b1", "0001", [0, 1]),
    ("float32", "0000003f", [0.5]), ("uint8", "09", [9]), ("bool", "01", [1]),
    ("<u8", "0100000000000000", [1]), ("<i8", "ffffffffffffffff", [-1]),
  ])
  func elementsAreRead(type: String, hex: String, values: [Double]) throws {
    let data = bytes(hex)
    let type = try ElementType(type)
    let array = try NumericArray(type: type, shape: [data.count / type.size], bytes: data)
    #expect(array.values == values)
  }

  @Test(arguments: ["O", "|O", "<c8", "V8", "<f3", "f", "", "<M8[ns]", "[('a','<f4')]", "<f1"])
  func otherElementsAreRefused(type: String) {
    #expect(throws: CodecError.self) { try ElementType(type) }
  }

  @Test func shapesThatLieAreRefused() {
    for shape in [[2, 2], [-1, -3], [Int.max, Int.max], [0], [1 << 62, 4, 0, 3]] {
      #expect(throws: CodecError.self) {
        try NumericArray(type: .uint8, shape: shape, bytes: [1, 2, 3])
      }
    }
  }

  @Test func objectsAreNeverUnpickled() throws {
    let pickled = WireValue.map([
      .init(key: .bytes(Array("nd".utf8)), value: .bool(true)),
      .init(key: .bytes(Array("type".utf8)), value: .text("|O")),
      .init(key: .bytes(Array("kind".utf8)), value: .bytes(Array("O".utf8))),
      .init(key: .bytes(Array("shape".utf8)), value: .list([.integer(1)])),
      .init(key: .bytes(Array("data".utf8)), value: .bytes([0x80, 0x04, 0x2e])),
    ])
    #expect(throws: CodecError.self) { try pickled.findingArrays() }
  }
}

@Suite struct HostileBytesTests {
  @Test func lengthsAreCheckedBeforeAnythingIsAllocated() {
    for hex in ["dfffffffff", "ddffffffff", "dbffffffff", "c6ffffffff", "de00ff00", "c1", "d401ff"]
    {
      #expect(throws: CodecError.self) { try MessagePackReader.value(of: bytes(hex)) }
    }
  }

  @Test func depthIsBounded() {
    let deep = [UInt8](repeating: 0x91, count: 100_000) + [0xc0]
    #expect(throws: CodecError.self) { try MessagePackReader.value(of: deep) }
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: CodecError.self) { try JSONText.value(of: Array(text.utf8)) }
  }

  @Test func whatJSONDoesNotKnowIsRefused() {
    for text in ["NaN", "{\"a\": Infinity}", "", "{", "{\"a\" 1}"] {
      #expect(throws: CodecError.self) { try JSONText.value(of: Array(text.utf8)) }
    }
  }
}
