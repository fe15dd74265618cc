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
  func encoded() -> Data {
    var header = JSONBytes()
    header.append("{")
    header.append(quoted: Self.metadataKey)
    header.append(":{")
    for (number, (key, value)) in metadata.sorted(by: { $0.key < $1.key }).enumerated() {
      if number > 0 { header.append(",") }
      header.append(quoted: key)
      header.append(":")
      header.append(quoted: value)
    }
    header.append("}")
    let sorted = arrays.sorted { $0.key < $1.key }
    var size = 0
    for (name, array) in sorted {
      header.append(",")
      header.append(quoted: name)
      header.append(":{\"data_offsets\":[")
      header.append(size)
      size += array.numbers.count * 8
      header.append(",")
      header.append(size)
      header.append("],\"dtype\":")
      header.append(quoted: Self.type)
      header.append(",\"shape\":")
      header.append(list: array.shape) { $0.append($1) }
      header.append("}")
    }
    header.append("}")
    // The numbers begin at a multiple of their size.
    let spaces = (8 - header.bytes.count % 8) % 8
    header.append(String(repeating: " ", count: spaces))

    var data = Data(capacity: 8 + header.bytes.count + size)
    withUnsafeBytes(of: UInt64(header.bytes.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: header.bytes)
    for (_, array) in sorted {
      array.numbers.withUnsafeBytes { data.append(contentsOf: $0) }
    }
    return data
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
