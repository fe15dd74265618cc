internal import CTorch

extension Tensor {
  /// The elements in row-major order, converted to `Float`.
  public func floats() throws -> [Float] { try read(as: .float32, zero: 0) }

  /// The elements in row-major order, converted to `Double`.
  public func doubles() throws -> [Double] { try read(as: .float64, zero: 0) }

  /// The elements in row-major order, converted to `Int`.
  public func integers() throws -> [Int] { try read(as: .int64, zero: Int64(0)).map(Int.init) }

  /// The elements in row-major order, converted to bytes.
  public func bytes() throws -> [UInt8] { try read(as: .uint8, zero: 0) }

  /// The only element, as a `Double`.
  public func item() throws -> Double {
    let values = try doubles()
    guard values.count == 1 else {
      throw TorchError("item() needs one element; the tensor has shape \(shape)")
    }
    return values[0]
  }

  /// Whether every element of each row of a `[rows, columns]` tensor is a finite number.
  public func finiteRows() throws -> [Bool] {
    // Zero times anything that is no finite number is NaN, and stays so in a sum.
    try (to(.float32) * 0).sum([-1]).doubles().map { $0 == 0 }
  }

  private func read<Element>(as dtype: DType, zero: Element) throws -> [Element] {
    try throwRecordedFailure()
    let count = self.count
    var values = [Element](repeating: zero, count: count)
    _ = values.withUnsafeMutableBytes {
      ctorch_copy_out(handle, dtype.raw, $0.baseAddress, Int64(count))
    }
    try throwRecordedFailure()
    return values
  }

  /// Calls `body` with the row-major bytes of this tensor, in its own element type.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    let dense = device == .cpu ? contiguous() : to(.cpu).contiguous()
    try throwRecordedFailure()
    return try withExtendedLifetime(dense) {
      let length = dense.count * dense.dtype.byteCount
      return try body(UnsafeRawBufferPointer(start: ctorch_data(dense.handle), count: length))
    }
  }

  /// Whether both are dense, on the CPU and begin at the same place.
  func sharesMemory(with other: Tensor) -> Bool {
    guard let own = ctorch_data(handle), let others = ctorch_data(other.handle) else {
      return false
    }
    return own == others
  }

  /// Whether shape, type and every value are equal; false for poisoned tensors.
  public func isIdentical(to other: Tensor) -> Bool {
    handle != nil && other.handle != nil && ctorch_equal(handle, other.handle)
  }

  // MARK: - Conversion

  public func to(_ dtype: DType) -> Tensor {
    Tensor(owning: ctorch_to_dtype(handle, dtype.raw))
  }

  public func to(_ device: Device) -> Tensor {
    Tensor(owning: ctorch_to_device(handle, device.raw))
  }

  public func clone() -> Tensor { Tensor(owning: ctorch_clone(handle)) }

  public func contiguous() -> Tensor { Tensor(owning: ctorch_contiguous(handle)) }

  /// The same values, cut off from the gradient graph.
  public func detached() -> Tensor { Tensor(owning: ctorch_detach(handle)) }

  /// Overwrites this tensor's values, in place and outside the gradient graph.
  public func assign(_ source: Tensor) { _ = ctorch_assign(handle, source.handle) }
}
