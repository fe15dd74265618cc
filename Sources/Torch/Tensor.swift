internal import CTorch

/// An n-dimensional array of one element type, on one device: a reference to a libtorch tensor.
///
/// Operations never throw and never trap: after a failure they return an empty tensor, which later
/// operations pass on, and `checked` throws the first failure. A tensor belongs to one thread at a time.
public final class Tensor {
  /// Owned; nil once an operation has failed.
  let handle: OpaquePointer?

  init(owning handle: OpaquePointer?) { self.handle = handle }

  deinit { if let handle { ctorch_free(handle) } }

  /// Whether an earlier failure left this tensor without content.
  public var isPoisoned: Bool { handle == nil }

  /// A tensor that stands for a failure, which is recorded for the next `checked` to throw.
  public static func failure(_ message: String) -> Tensor {
    recordFailure(message)
    return Tensor(owning: nil)
  }

  // MARK: - Properties

  public var rank: Int { Int(ctorch_rank(handle)) }
  public var count: Int { Int(ctorch_element_count(handle)) }
  public var dtype: DType { handle == nil ? .float32 : DType(ctorch_dtype(handle)) }
  public var device: Device { handle == nil ? .cpu : Device(ctorch_device(handle)) }

  public var shape: [Int] {
    (0..<rank).map { Int(ctorch_size(handle, Int64($0))) }
  }

  /// The length along `dimension`; negative dimensions count from the end.
  public func size(_ dimension: Int) -> Int { Int(ctorch_size(handle, Int64(dimension))) }
}

// MARK: - Creation

extension Tensor {
  /// A CPU tensor with row-major `values`; nil shape means one dimension.
  public convenience init(_ values: [Float], shape: [Int]? = nil) {
    self.init(copying: values, dtype: .float32, shape: shape)
  }

  public convenience init(_ values: [Double], shape: [Int]? = nil) {
    self.init(copying: values, dtype: .float64, shape: shape)
  }

  public convenience init(_ values: [UInt8], shape: [Int]? = nil) {
    self.init(copying: values, dtype: .uint8, shape: shape)
  }

  public convenience init(_ values: [Int], shape: [Int]? = nil) {
    self.init(copying: values.map(Int64.init), dtype: .int64, shape: shape)
  }

  public convenience init(_ values: [Int64], shape: [Int]? = nil) {
    self.init(copying: values, dtype: .int64, shape: shape)
  }

  public convenience init(_ values: [Bool], shape: [Int]? = nil) {
    self.init(copying: values, dtype: .bool, shape: shape)
  }

  /// Copies `bytes`, the row-major elements of a CPU tensor.
  public convenience init(bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int]) {
    let expected = elementCount(of: shape).map { $0 * dtype.byteCount }
    guard bytes.count == expected else {
      recordFailure("\(bytes.count) bytes do not make a \(dtype) tensor of shape \(shape)")
      self.init(owning: nil)
      return
    }
    self.init(
      owning: withShape(shape) { ctorch_from_copy(bytes.baseAddress, dtype.raw, $0, $1) })
  }

  private convenience init<Element>(copying values: [Element], dtype: DType, shape: [Int]?) {
    let handle = values.withUnsafeBytes { bytes in
      Tensor.copy(bytes, count: values.count, dtype: dtype, shape: shape ?? [values.count])
    }
    self.init(owning: handle)
  }

  private static func copy(
    _ bytes: UnsafeRawBufferPointer, count: Int, dtype: DType, shape: [Int]
  ) -> OpaquePointer? {
    guard elementCount(of: shape) == count else {
      recordFailure("\(count) values do not fill a tensor of shape \(shape)")
      return nil
    }
    return withShape(shape) { ctorch_from_copy(bytes.baseAddress, dtype.raw, $0, $1) }
  }

  /// A tensor over `bytes`, which stay alive as long as `owner`; nothing is copied.
  ///
  /// The memory must be aligned for `dtype` and is treated as constant: never assign to the tensor.
  static func borrowing(
    _ bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int], owner: AnyObject
  ) -> Tensor {
    let context = Unmanaged.passRetained(owner)
    let handle = withShape(shape) {
      ctorch_from_borrowed(bytes.baseAddress, dtype.raw, $0, $1, context.toOpaque()) {
        if let context = $0 { Unmanaged<AnyObject>.fromOpaque(context).release() }
      }
    }
    if handle == nil { context.release() }
    return Tensor(owning: handle)
  }

  public static func full(
    _ shape: [Int], value: Double, dtype: DType = .float32, device: Device = .standard
  ) -> Tensor {
    Tensor(owning: withShape(shape) { ctorch_full($0, $1, value, dtype.raw, device.raw) })
  }

  /// Normal numbers of mean 0 that the device draws.
  static func randomNormal(
    _ shape: [Int], standardDeviation: Double, dtype: DType, device: Device
  ) -> Tensor {
    Tensor(
      owning: withShape(shape) {
        ctorch_random_normal($0, $1, standardDeviation, dtype.raw, device.raw)
      })
  }

  public static func zeros(
    _ shape: [Int], dtype: DType = .float32, device: Device = .standard
  ) -> Tensor {
    full(shape, value: 0, dtype: dtype, device: device)
  }

  public static func ones(
    _ shape: [Int], dtype: DType = .float32, device: Device = .standard
  ) -> Tensor {
    full(shape, value: 1, dtype: dtype, device: device)
  }

  /// The numbers from `range.lowerBound` up to, not including, `range.upperBound`.
  public static func arange(
    _ range: Range<Int>, dtype: DType = .int64, device: Device = .standard
  ) -> Tensor {
    Tensor(
      owning: ctorch_arange(
        Double(range.lowerBound), Double(range.upperBound), 1, dtype.raw, device.raw))
  }
}

// MARK: - Crossing into C

/// The number of elements of `shape`, or nil where a length is negative or the product overflows.
func elementCount(of shape: [Int]) -> Int? {
  var count = 1
  for length in shape {
    guard length >= 0 else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: length)
    if overflow { return nil }
    count = product
  }
  return count
}

func withShape<Result>(
  _ shape: [Int], _ body: (UnsafePointer<Int64>?, Int64) -> Result
) -> Result {
  withUnsafeTemporaryAllocation(of: Int64.self, capacity: shape.count) { buffer in
    for (index, length) in shape.enumerated() { buffer[index] = Int64(length) }
    return body(UnsafePointer(buffer.baseAddress), Int64(shape.count))
  }
}

func withHandles<Result>(
  _ tensors: [Tensor], _ body: (UnsafePointer<OpaquePointer?>?, Int64) -> Result
) -> Result {
  withExtendedLifetime(tensors) {
    tensors.map(\.handle).withUnsafeBufferPointer { body($0.baseAddress, Int64(tensors.count)) }
  }
}
