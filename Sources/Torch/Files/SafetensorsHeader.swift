import InputFiles

/// The header of a safetensors file: what each tensor is and where its bytes lie.
///
/// The format is 8 bytes of header length (little endian), a JSON header, then the data; see
/// <https://github.com/huggingface/safetensors>. Headers come from strangers, so everything is
/// checked: syntax, types, duplicate names, and that the tensors tile the data without gap or overlap.
struct SafetensorsHeader {
  struct Entry {
    var name: String
    var dtype: DType
    var shape: [Int]
    /// Bytes, counted from the end of the header.
    var range: Range<Int>
  }

  var entries: [String: Entry] = [:]
  var metadata: [String: String] = [:]
  /// Where the data begins in the file.
  var dataStart = 0

  /// The longest header that is read, as in the reference implementation [bytes].
  static let maximumLength = 100_000_000

  init(file bytes: UnsafeRawBufferPointer) throws(TorchError) {
    guard bytes.count >= 8 else {
      throw TorchError("byte \(bytes.count): the file ends within the length of its header")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(bytes.count - 8) else {
      throw TorchError("the header claims \(length) bytes; the file ends at byte \(bytes.count)")
    }
    guard length <= UInt64(Self.maximumLength) else {
      throw TorchError("byte 0: the header of \(length) bytes is longer than \(Self.maximumLength)")
    }
    dataStart = 8 + Int(length)
    let header = UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart])
    for member in try Self.members(header) {
      if member.key == "__metadata__" {
        metadata = try Self.metadata(member.value)
      } else {
        entries[member.key] = try Self.entry(member.key, member.value)
      }
    }
    try checkTiling(dataCount: bytes.count - dataStart)
  }

  /// The header's JSON is two objects deep; more is allowed, since readers of other versions allow it.
  private static let maximumDepth = 8

  private static func members(
    _ bytes: UnsafeRawBufferPointer
  ) throws(TorchError) -> [JSONValue.Member] {
    var scanner = JSONScanner(bytes, maximumDepth: maximumDepth)
    do {
      guard case .object(let members) = try scanner.document() else {
        throw TorchError("header byte 0: it is not a JSON object")
      }
      return members
    } catch let failure as JSONScanner.Failure {
      throw TorchError("header byte \(failure.offset): \(failure.message)")
    } catch let error as TorchError {
      throw error
    } catch {
      throw TorchError("\(error)")
    }
  }

  private static func metadata(
    _ value: JSONValue
  ) throws(TorchError) -> [String: String] {
    guard case .object(let members) = value else {
      throw TorchError("'__metadata__' is not a JSON object")
    }
    var metadata: [String: String] = [:]
    for member in members {
      guard case .string(let text) = member.value else {
        throw TorchError("'__metadata__.\(member.key)' is not a string")
      }
      metadata[member.key] = text
    }
    return metadata
  }

  private static func entry(
    _ name: String, _ value: JSONValue
  ) throws(TorchError) -> Entry {
    guard case .object = value else {
      throw TorchError("tensor \(name): is not described by a JSON object")
    }
    guard let code = value["dtype"]?.text else {
      throw TorchError("tensor \(name): has no dtype")
    }
    guard let dtype = DType(safetensorsCode: code) else {
      throw TorchError("tensor \(name): dtype \(code) is not supported")
    }
    guard let shape = value["shape"]?.integers, shape.allSatisfy({ $0 >= 0 }) else {
      throw TorchError("tensor \(name): shape is not a list of whole numbers")
    }
    guard shape.count <= maximumRank else {
      throw TorchError("tensor \(name): \(shape.count) dimensions; at most \(maximumRank) are read")
    }
    guard let offsets = value["data_offsets"]?.integers, offsets.count == 2,
      offsets[0] >= 0, offsets[0] <= offsets[1]
    else {
      throw TorchError("tensor \(name): data_offsets is not [begin, end]")
    }
    guard let count = elementCount(of: shape) else {
      throw TorchError("tensor \(name): shape \(shape) is too large")
    }
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: dtype.byteCount)
    guard !overflow, byteCount == offsets[1] - offsets[0] else {
      throw TorchError(
        "tensor \(name): \(offsets[1] - offsets[0]) bytes do not hold \(code) \(shape)")
    }
    return Entry(name: name, dtype: dtype, shape: shape, range: offsets[0]..<offsets[1])
  }

  private func checkTiling(dataCount: Int) throws(TorchError) {
    var end = 0
    for entry in entries.values.sorted(by: Self.precedes) {
      guard entry.range.upperBound <= dataCount else {
        throw TorchError(
          "tensor \(entry.name): ends at byte \(entry.range.upperBound) of \(dataCount)")
      }
      guard entry.range.lowerBound >= end else {
        throw TorchError("tensor \(entry.name): overlaps another tensor")
      }
      guard entry.range.lowerBound == end else {
        throw TorchError("tensor \(entry.name): leaves a gap of unused bytes before it")
      }
      end = entry.range.upperBound
    }
    guard end == dataCount else {
      throw TorchError(
        "byte \(dataStart + end): \(dataCount - end) bytes after the last tensor belong to none")
    }
  }

  /// In the order of their bytes, empty tensors first.
  private static func precedes(_ a: Entry, _ b: Entry) -> Bool {
    (a.range.lowerBound, a.range.upperBound) < (b.range.lowerBound, b.range.upperBound)
  }
}

extension DType {
  static let safetensorsCodes: [(DType, String)] = [
    (.float32, "F32"), (.float64, "F64"), (.bfloat16, "BF16"), (.float16, "F16"),
    (.int64, "I64"), (.int32, "I32"), (.int16, "I16"), (.int8, "I8"), (.uint8, "U8"),
    (.bool, "BOOL"),
  ]

  init?(safetensorsCode code: String) {
    guard let match = Self.safetensorsCodes.first(where: { $0.1 == code }) else { return nil }
    self = match.0
  }

  var safetensorsCode: String {
    Self.safetensorsCodes.first { $0.0 == self }?.1 ?? "F32"
  }
}
