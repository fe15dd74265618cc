import Foundation

/// The most dimensions of a stored tensor that is read, as many as PyTorch's tensors may have.
let maximumRank = 64

/// A file of named tensors, whatever its format.
protocol TensorFile: AnyObject {
  var names: [String] { get }
  func shape(of name: String) -> [Int]?
  func dtype(of name: String) -> DType?
  func tensor(_ name: String) throws -> Tensor
  /// Gives back the memory that reading `name` took, where it can.
  func forget(_ name: String)
}

extension TensorFile {
  func forget(_ name: String) {}
}

extension SafetensorsFile: TensorFile {}

extension MappedFile {
  /// The tensor in a range of the file, which stays mapped as long as the tensor; copied where it is not aligned.
  func tensor(_ range: Range<Int>, dtype: DType, shape: [Int]) throws -> Tensor {
    let bytes = UnsafeRawBufferPointer(rebasing: self.bytes[range])
    let isAligned = Int(bitPattern: bytes.baseAddress).isMultiple(of: dtype.byteCount)
    let tensor =
      isAligned && !bytes.isEmpty
      ? Tensor.borrowing(bytes, dtype: dtype, shape: shape, owner: self)
      : Tensor(bytes: bytes, dtype: dtype, shape: shape)
    try throwRecordedFailure()
    return tensor
  }
}
