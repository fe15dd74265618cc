internal import CTorch

extension Tensor {
  /// Along `dimension`, each element the sum of those up to it.
  public func cumulativeSum(_ dimension: Int) -> Tensor {
    Tensor(owning: ctorch_cumulative_sum(handle, Int64(dimension)))
  }

  private func reduced(_ operation: CTorchReduction, _ dimensions: [Int], _ keeps: Bool) -> Tensor {
    Tensor(owning: withShape(dimensions) { ctorch_reduce(operation, handle, $0, $1, keeps) })
  }

  /// The sum over `dimensions`, or over all of them where none is named.
  public func sum(_ dimensions: [Int] = [], keepingDimensions: Bool = false) -> Tensor {
    reduced(.sum, dimensions, keepingDimensions)
  }

  public func mean(_ dimensions: [Int] = [], keepingDimensions: Bool = false) -> Tensor {
    reduced(.mean, dimensions, keepingDimensions)
  }

  public func max(_ dimensions: [Int] = [], keepingDimensions: Bool = false) -> Tensor {
    reduced(.maximum, dimensions, keepingDimensions)
  }

  public func min(_ dimensions: [Int] = [], keepingDimensions: Bool = false) -> Tensor {
    reduced(.minimum, dimensions, keepingDimensions)
  }

  /// The index of the first largest element along `dimension`.
  public func argmax(_ dimension: Int) -> Tensor {
    Tensor(owning: ctorch_argmax(handle, Int64(dimension)))
  }

  /// The `k` largest elements along `dimension`, in falling order, and their indices.
  public func top(_ k: Int, dimension: Int = -1) -> (values: Tensor, indices: Tensor) {
    var values: OpaquePointer?
    var indices: OpaquePointer?
    _ = ctorch_topk(handle, Int64(k), Int64(dimension), &values, &indices)
    return (Tensor(owning: values), Tensor(owning: indices))
  }

  public func softmax(_ dimension: Int = -1) -> Tensor {
    Tensor(owning: ctorch_softmax(handle, Int64(dimension)))
  }

  public func logSoftmax(_ dimension: Int = -1) -> Tensor {
    Tensor(owning: ctorch_log_softmax(handle, Int64(dimension)))
  }
}
