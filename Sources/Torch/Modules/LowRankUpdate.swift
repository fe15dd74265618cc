/// A low-rank change of a layer's weight W, to W + scale · B · A (Hu and others, 2022), kept beside it.
public struct LowRankUpdate {
  /// `[rank, input]`, or `[rank, input, height, width]` of a convolution.
  public let a: Tensor
  /// `[output, rank]`, or `[output, rank, 1, 1]`.
  public let b: Tensor
  public let scale: Double

  public init(a: Tensor, b: Tensor, scale: Double) {
    self.a = a
    self.b = b
    self.scale = scale
  }

  /// What the change adds to the layer's output, `[…, output]`, for `x`, `[…, input]`; of a convolution `x` holds whole
  /// patches.
  ///
  /// Two thin products instead of one with B · A, and no gradient of W's size.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let inner = x.to(a.dtype).linear(matrix(a)) * scale
    return inner.linear(matrix(b)).to(x.dtype)
  }

  /// `weight` with the change added, in float32 and rounded once, after the sum.
  public func added(to weight: Tensor) -> Tensor {
    let change = matrix(b).to(.float32).matmul(matrix(a).to(.float32)) * scale
    let moved = change.reshaped(weight.shape).to(weight.device)
    return (weight.to(.float32) + moved).to(weight.dtype)
  }

  private func matrix(_ factor: Tensor) -> Tensor {
    factor.rank == 2 ? factor : factor.reshaped([factor.size(0), -1])
  }
}
