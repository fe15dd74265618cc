internal import CTorch

// The functions behind the modules: products, convolutions, normalization, attention.

extension Tensor {
  /// The matrix product over the last two dimensions; leading ones broadcast.
  public func matmul(_ other: Tensor) -> Tensor {
    Tensor(owning: ctorch_matmul(handle, other.handle))
  }

  /// `self · weightᵀ + bias` over the last dimension; `weight` is `[out, in]`.
  public func linear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
    Tensor(owning: ctorch_linear(handle, weight.handle, bias?.handle, bias != nil))
  }

  /// `[B, C, T]` with `weight` `[out, C / groups, k]`.
  public func convolved1D(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1
  ) -> Tensor {
    Tensor(
      owning: ctorch_conv1d(
        handle, weight.handle, bias?.handle, bias != nil, Int64(stride), Int64(padding),
        Int64(groups)))
  }

  /// `[B, C, H, W]` with `weight` `[out, C / groups, k, k]`.
  public func convolved2D(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1
  ) -> Tensor {
    Tensor(
      owning: ctorch_conv2d(
        handle, weight.handle, bias?.handle, bias != nil, Int64(stride), Int64(padding),
        Int64(groups)))
  }

  public func layerNormalized(_ weight: Tensor, _ bias: Tensor, epsilon: Double) -> Tensor {
    Tensor(owning: ctorch_layer_norm(handle, weight.handle, bias.handle, epsilon))
  }

  /// `[B, C, …]`, normalized over `groups` groups of channels.
  public func groupNormalized(
    groups: Int, _ weight: Tensor, _ bias: Tensor, epsilon: Double
  ) -> Tensor {
    Tensor(
      owning: ctorch_group_norm(handle, Int64(groups), weight.handle, bias.handle, epsilon))
  }

  /// `x / sqrt(mean(x²) + ε) · weight` over the last dimension (Zhang and Sennrich, 2019).
  public func rmsNormalized(_ weight: Tensor, epsilon: Double) -> Tensor {
    Tensor(owning: ctorch_rms_norm(handle, weight.handle, epsilon))
  }

  /// `silu(self) · up`, the gate of SwiGLU (Shazeer, 2020).
  public func siluMultiplied(_ up: Tensor) -> Tensor {
    Tensor(owning: ctorch_silu_multiply(handle, up.handle))
  }

  /// `x · cosine + rotateHalf(x) · sine`, rotary position embedding as Llama lays it out.
  public func rotatedHalves(cosine: Tensor, sine: Tensor) -> Tensor {
    Tensor(owning: ctorch_rotate_halves(handle, cosine.handle, sine.handle))
  }

  /// `softmax(self · keyᵀ · scale + mask) · value`.
  ///
  /// Queries `[…, Q, d]`, keys and values `[…, S, d]`; `mask` is added to the scores. `[B, heads, …]` in float32 on the CPU are attended
  /// to a head at a time, quicker than step by step and than libtorch's fused attention, `fusedAttention`, where the mask is of
  /// `[B, 1, 1, S]`. Without gradients, a float32 row's result is the same to the bit whatever other rows there are.
  public func attention(key: Tensor, value: Tensor, scale: Double, mask: Tensor? = nil) -> Tensor {
    if canFuseAttention(to: key, value), mask.map(Self.isOfKeysAlone) ?? true {
      let attend = actsByRows ? ctorch_row_attention : ctorch_head_attention
      return Tensor(
        owning: attend(handle, key.handle, value.handle, mask?.handle, mask != nil, scale))
    }
    // Scaling the queries costs a pass over [Q, d], scaling the scores one over [Q, S].
    var scores = (self * scale).matmul(key.transposed(-2, -1))
    if let mask { scores = scores + mask }
    return scores.softmax(-1).matmul(value)
  }

  /// Whether there is a pass over one head at a time: float32 on the CPU, with `[B, heads, S, d]` for keys and values.
  private func canFuseAttention(to key: Tensor, _ value: Tensor) -> Bool {
    rank == 4 && ctorch_reads_heads(handle) && ctorch_reads_heads(key.handle)
      && ctorch_reads_heads(value.handle)
      && key.shape == [size(0), size(1), key.size(2), size(3)] && value.shape == key.shape
  }

  /// `[B, 1, 1, S]`: alike for all queries of a row.
  private static func isOfKeysAlone(_ mask: Tensor) -> Bool {
    mask.rank == 4 && mask.size(1) == 1 && mask.size(2) == 1
  }

  /// libtorch's fused `scaled_dot_product_attention` on `[B, heads, length, d]`.
  public func fusedAttention(
    key: Tensor, value: Tensor, scale: Double, mask: Tensor? = nil, isCausal: Bool = false
  ) -> Tensor {
    Tensor(
      owning: ctorch_scaled_dot_product_attention(
        handle, key.handle, value.handle, mask?.handle, mask != nil, isCausal, scale))
  }
}
