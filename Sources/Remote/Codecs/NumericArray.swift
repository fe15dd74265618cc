/// An array of numbers as NumPy keeps it: a type, a shape and the elements' bytes, the last index fastest.
public struct NumericArray: Hashable, Sendable {
  public let type: ElementType
  public let shape: [Int]
  public let bytes: [UInt8]

  /// NumPy's own limit is 64 dimensions; nobody here needs more.
  static let mostDimensions = 32

  /// - Throws: `CodecError` where the bytes are not those of the shape.
  public init(type: ElementType, shape: [Int], bytes: [UInt8]) throws(CodecError) {
    var count = type.size
    var overflows = shape.count > Self.mostDimensions
    for side in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      overflows = overflows || overflow || side < 0
      count = product
    }
    guard !overflows, count == bytes.count else {
      throw CodecError(
        format: "array",
        reason: "\(bytes.count) bytes are not \(type.descriptor) of shape \(shape)")
    }
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }

  /// `[height, width, 3]` bytes.
  init(pixels: [UInt8], height: Int, width: Int) throws(CodecError) {
    try self.init(type: .uint8, shape: [height, width, 3], bytes: pixels)
  }

  /// A vector of 32-bit floats.
  public init(float32 values: [Double]) {
    type = .float32
    shape = [values.count]
    bytes = values.flatMap { littleEndian(UInt64(Float($0).bitPattern), width: 4) }
  }

  /// 64-bit floats of a shape.
  ///
  /// - Throws: `CodecError` where there are not as many as the shape says.
  public init(float64 values: [Double], shape: [Int]) throws(CodecError) {
    try self.init(
      type: .float64, shape: shape, bytes: values.flatMap { littleEndian($0.bitPattern, width: 8) })
  }

  /// The elements, the last index fastest.
  public var values: [Double] {
    stride(from: 0, to: bytes.count, by: type.size).map { start in
      var bits: UInt64 = 0
      for offset in 0..<type.size {
        let place = type.isBigEndian ? offset : type.size - 1 - offset
        bits = bits << 8 | UInt64(bytes[start + place])
      }
      return type.value(ofBits: bits)
    }
  }
}

/// The type of an array's elements: truth values, whole numbers and floats of 1 to 8 bytes.
public struct ElementType: Hashable, Sendable {
  public enum Kind: Character, Hashable, Sendable {
    case bool = "b"
    case signed = "i"
    case unsigned = "u"
    case float = "f"
  }

  public let kind: Kind
  /// In bytes.
  public let size: Int
  public let isBigEndian: Bool

  public static let uint8 = ElementType(kind: .unsigned, size: 1, isBigEndian: false)
  public static let float32 = ElementType(kind: .float, size: 4, isBigEndian: false)
  public static let float64 = ElementType(kind: .float, size: 8, isBigEndian: false)

  private init(kind: Kind, size: Int, isBigEndian: Bool) {
    self.kind = kind
    self.size = size
    self.isBigEndian = isBigEndian
  }

  /// The type of NumPy's descriptor (`<f4`, `|u1`) or name (`float32`); objects, structures and complex numbers are
  /// refused.
  public init(_ text: String) throws(CodecError) {
    let names = ["bool": "b1", "int": "i", "uint": "u", "float": "f"]
    var rest = Substring(text)
    var isBigEndian = false
    if let first = rest.first, "<>|=".contains(first) {
      isBigEndian = first == ">"
      rest = rest.dropFirst()
    }
    let letters = rest.prefix { $0.isLetter }
    let digits = rest.dropFirst(letters.count)
    var short = String(rest)
    if let name = names[String(letters)] {
      short = digits.isEmpty ? name : name + String((Int(digits) ?? 0) / 8)
    }
    guard let kind = short.first.flatMap(Kind.init), let size = Int(short.dropFirst()),
      kind == .bool ? size == 1 : [1, 2, 4, 8].contains(size), kind != .float || size > 1
    else {
      throw CodecError(
        format: "array", reason: "\"\(text.prefix(40))\" is not a type of numbers that is read")
    }
    self.init(kind: kind, size: size, isBigEndian: isBigEndian && size > 1)
  }

  /// As NumPy writes it: `<f4`, `|u1`.
  public var descriptor: String {
    "\(size == 1 ? "|" : isBigEndian ? ">" : "<")\(kind.rawValue)\(size)"
  }

  func value(ofBits bits: UInt64) -> Double {
    switch (kind, size) {
    case (.bool, _): bits == 0 ? 0 : 1
    case (.unsigned, _): Double(bits)
    case (.signed, _):
      Double(Int64(bitPattern: bits << UInt64(64 - 8 * size)) >> Int64(64 - 8 * size))
    case (.float, 2): Double(half: UInt16(truncatingIfNeeded: bits))
    case (.float, 4): Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case (.float, _): Double(bitPattern: bits)
    }
  }
}

/// The bytes of a number, the least significant first.
private func littleEndian(_ bits: UInt64, width: Int) -> [UInt8] {
  (0..<width).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
}

extension Double {
  /// The value of a 16-bit float of IEEE 754; `Float16` is not on every platform.
  init(half bits: UInt16) {
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Double(bits & 0x3ff) / 1024
    let magnitude: Double =
      switch exponent {
      case 0: fraction * 0x1p-14
      case 31: fraction == 0 ? .infinity : .nan
      default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
      }
    self = bits >> 15 == 0 ? magnitude : -magnitude
  }
}
