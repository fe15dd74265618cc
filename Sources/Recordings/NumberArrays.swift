import Foundation
import InputFiles

/// Arrays of 64-bit numbers by name in the safetensors layout, which many languages read.
///
/// 8 bytes of header length (little endian), a JSON header, then the numbers, little endian and row-major
/// (<https://github.com/huggingface/safetensors>). Written and read are `F64` alone; whatever a file says of itself is
/// checked before it is believed.
struct NumberArrays {
  struct Array: Hashable {
    var shape: [Int]
    var numbers: [Double]
  }

  /// Why bytes are no such file.
  struct Fault: Error {
    let reason: String
  }

  var metadata: [String: String]
  var arrays: [String: Array]

  private static let metadataKey = "__metadata__"
  private static let type = "F64"

  init(metadata: [String: String], arrays: [String: Array]) {
    self.metadata = metadata
    self.arrays = arrays
  }

  // MARK: - Writing

  /// The bytes of the file, which depend on the content alone.
  func encoded() throws -> Data {
    struct Entry: Encodable {
      var dtype = NumberArrays.type
      var shape: [Int]
      var offsets: [Int]

      enum CodingKeys: String, CodingKey {
        case dtype, shape
        case offsets = "data_offsets"
      }
    }
    struct Header: Encodable {
      var metadata: [String: String]
      var entries: [String: Entry]

      func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(metadata, forKey: Key(NumberArrays.metadataKey))
        for (name, entry) in entries { try values.encode(entry, forKey: Key(name)) }
      }
    }
    var header = Header(metadata: metadata, entries: [:])
    var body = Data()
    for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
      let start = body.count
      array.numbers.withUnsafeBytes { body.append(contentsOf: $0) }
      header.entries[name] = Entry(shape: array.shape, offsets: [start, body.count])
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(header)
    // The numbers begin at a multiple of their size.
    json.append(Data(repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json + body
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  // MARK: - Reading

  /// Reads bytes that anyone may have written.
  init(_ data: Data) throws(Fault) {
    let bytes = [UInt8](data)
    guard bytes.count >= 8 else { throw Fault(reason: "it ends at byte \(bytes.count)") }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
    guard length <= UInt64(bytes.count - 8) else {
      throw Fault(reason: "its header claims \(length) bytes, and it ends at byte \(bytes.count)")
    }
    let start = 8 + Int(length)
    let header = try Self.header(bytes[8..<start])
    metadata = [:]
    arrays = [:]
    var covered = 0
    for (key, value) in header {
      if key == Self.metadataKey {
        metadata = try Self.metadata(value)
      } else {
        let array = try Self.array(key, value, in: bytes[start...])
        covered += array.numbers.count * 8
        arrays[key] = array
      }
    }
    guard covered == bytes.count - start else {
      throw Fault(
        reason: "it ends at byte \(bytes.count), and its numbers at byte \(start + covered)")
    }
  }

  private static func header(_ bytes: ArraySlice<UInt8>) throws(Fault) -> [(String, JSONValue)] {
    let scanned = bytes.withUnsafeBytes { raw in
      Result { () throws(JSONScanner.Failure) -> JSONValue in
        var scanner = JSONScanner(raw, maximumDepth: 4)
        return try scanner.document()
      }
    }
    switch scanned {
    case .success(.object(let members)): return members.map { ($0.key, $0.value) }
    case .success: throw Fault(reason: "byte 0 of its header: it is no JSON object")
    case .failure(let failure):
      throw Fault(reason: "byte \(failure.offset) of its header: \(failure.message)")
    }
  }

  private static func metadata(_ value: JSONValue) throws(Fault) -> [String: String] {
    guard case .object(let members) = value else {
      throw Fault(reason: "its '\(metadataKey)' is no JSON object")
    }
    var metadata: [String: String] = [:]
    for member in members {
      guard let text = member.value.text else {
        throw Fault(reason: "'\(metadataKey).\(member.key)' is no text")
      }
      metadata[member.key] = text
    }
    return metadata
  }

  private static func array(
    _ name: String, _ value: JSONValue, in bytes: ArraySlice<UInt8>
  ) throws(Fault) -> Array {
    guard value["dtype"]?.text == type else {
      throw Fault(reason: "'\(name)' is not of type \(type)")
    }
    guard let shape = value["shape"]?.integers, shape.allSatisfy({ $0 >= 0 }),
      let offsets = value["data_offsets"]?.integers, offsets.count == 2
    else { throw Fault(reason: "'\(name)' has no shape or no data_offsets") }
    var size = 8
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw Fault(reason: "'\(name)' is too large") }
      size = product
    }
    guard offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= bytes.count,
      offsets[1] - offsets[0] == size
    else { throw Fault(reason: "the bytes of '\(name)' do not hold \(shape) numbers") }
    let numbers = bytes.withUnsafeBytes { raw in
      (0..<size / 8).map {
        Double(
          bitPattern: UInt64(
            littleEndian: raw.loadUnaligned(fromByteOffset: offsets[0] + 8 * $0, as: UInt64.self)))
      }
    }
    return Array(shape: shape, numbers: numbers)
  }
}
