internal import CTorch

/// The type of a tensor's elements.
public enum DType: String, Sendable, CaseIterable, Codable {
  case float32, float64, bfloat16, float16, int64, int32, int16, int8, uint8, bool

  /// Bytes per element.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .bfloat16, .float16, .int16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .bfloat16, .float16: true
    default: false
    }
  }

  var raw: CTorchDType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .bfloat16: .bFloat16
    case .float16: .float16
    case .int64: .int64
    case .int32: .int32
    case .int16: .int16
    case .int8: .int8
    case .uint8: .uInt8
    case .bool: .bool
    }
  }

  init(_ raw: CTorchDType) {
    self =
      switch raw {
      case .float32: .float32
      case .float64: .float64
      case .bFloat16: .bfloat16
      case .float16: .float16
      case .int64: .int64
      case .int32: .int32
      case .int16: .int16
      case .int8: .int8
      case .uInt8: .uint8
      case .bool: .bool
      }
  }
}

/// Where a tensor's elements live.
public enum Device: Sendable, Hashable, CustomStringConvertible {
  case cpu
  case cuda(Int)
  /// Nowhere: tensors of a shape and a type without elements, to count and to plan with. Reading one is an error.
  case meta

  /// Reads "cpu", "cuda" or "cuda:1"; nil for anything else, `meta` included, since nothing runs there.
  public init?(_ name: String) {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    switch (parts.first, parts.count) {
    case ("cpu", 1): self = .cpu
    case ("cuda", 1): self = .cuda(0)
    case ("cuda", 2):
      guard let index = Int(parts[1]), (0..<128).contains(index) else { return nil }
      self = .cuda(index)
    default: return nil
    }
  }

  public var isCUDA: Bool {
    if case .cuda = self { true } else { false }
  }

  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    case .meta: "meta"
    }
  }

  var raw: CTorchDevice {
    switch self {
    case .cpu: CTorchDevice(type: .cpu, index: 0)
    case .cuda(let index): CTorchDevice(type: .cuda, index: Int32(clamping: index))
    case .meta: CTorchDevice(type: .meta, index: 0)
    }
  }

  init(_ raw: CTorchDevice) {
    self =
      switch raw.type {
      case .cpu: .cpu
      case .cuda: .cuda(Int(raw.index))
      case .meta: .meta
      }
  }
}
