internal import CTorch

/// B prefixes of S tokens, each with K continuations of L tokens that see the prefix and, causally,
/// themselves.
///
/// The tokens are the rows of one matrix: all prefixes first, then all continuations.
public struct PackedLayout: Sendable, Hashable {
  public var batch: Int
  public var prefixLength: Int
  public var segmentCount: Int
  public var segmentLength: Int

  /// Without continuations this is a plain causal batch.
  public init(batch: Int, prefixLength: Int, segmentCount: Int = 0, segmentLength: Int = 0) {
    self.batch = batch
    self.prefixLength = prefixLength
    self.segmentCount = segmentCount
    self.segmentLength = segmentLength
  }

  public var prefixRowCount: Int { batch * prefixLength }
  public var segmentRowCount: Int { batch * segmentCount * segmentLength }

  /// Each row's position: continuations all begin right after their prefix.
  public var positions: [Int] {
    var positions: [Int] = []
    positions.reserveCapacity(prefixRowCount + segmentRowCount)
    for _ in 0..<batch { positions.append(contentsOf: 0..<prefixLength) }
    for _ in 0..<batch * segmentCount {
      positions.append(contentsOf: prefixLength..<prefixLength + segmentLength)
    }
    return positions
  }

  public func prefixRows(_ x: Tensor) -> Tensor { x.narrowed(0, 0..<prefixRowCount) }

  public func segmentRows(_ x: Tensor) -> Tensor {
    x.narrowed(0, prefixRowCount..<prefixRowCount + segmentRowCount)
  }
}

// Attention that visits one head at a time while its scores are in the cache: about twice as fast as the
// composed form on a CPU. It takes dense float32 on the CPU.

extension Tensor {
  /// Whether operations on this tensor treat each row alone: float32 on the CPU, without recording gradients.
  ///
  /// Then linear layers and attention give a row the same bits whatever other rows there are.
  public var actsByRows: Bool { ctorch_acts_by_rows(handle) }

  /// Attention of one further token per row to those before it, which the caches `[rows, length, keyValueHeads, d]` hold.
  ///
  /// Queries are `[rows, heads, d]`, keys and values `[rows, keyValueHeads, d]`; the latter two are kept in the caches at
  /// `positions`, and the token sees everything up to there. Returns `[rows, heads · d]`.
  public func cachedAttention(
    key: Tensor, value: Tensor, keyCache: Tensor, valueCache: Tensor, positions: [Int],
    scale: Double
  ) -> Tensor {
    guard positions.count == size(0) else {
      return .failure("\(positions.count) positions for \(size(0)) rows")
    }
    return Tensor(
      owning: positions.map(Int64.init).withUnsafeBufferPointer {
        ctorch_cached_attention(
          handle, key.handle, value.handle, keyCache.handle, valueCache.handle, $0.baseAddress,
          scale)
      })
  }

  /// Rises with every change of the elements in place.
  public var changeCount: Int { Int(ctorch_change_count(handle)) }

  /// 8-bit images `[B, H, W, C]` as float32 `[B, patches, patch² · C]`, patches along rows from the top left.
  public func patchMatrix(patchSize: Int) -> Tensor {
    Tensor(owning: ctorch_patch_matrix(handle, Int64(patchSize)))
  }

  /// Images `[B, side, side, 3]`, 8-bit or float32, through two convolutions with a GELU after each:
  /// `[B, patches, patchCells² · channels]`, a patch's numbers by row, column and channel. Each image is treated alone.
  ///
  /// - Parameters:
  ///   - border: `[3]`, the color beyond the image's margin.
  ///   - first: `[row, column and color of the window, output]` and `[output]`, outputs filled with zeros to a multiple of
  ///     `stemColumnUnit`; windows are two cells wide and one apart.
  ///   - second: the same of windows of three by three cells.
  ///   - widths: Outputs of both without what they are filled with.
  ///   - stride: Pixels a cell.
  ///   - patchCells: Cells a patch, along a side.
  public func stemPatches(
    border: Tensor, first: (weight: Tensor, bias: Tensor), second: (weight: Tensor, bias: Tensor),
    widths: (Int, Int), stride: Int, patchCells: Int
  ) -> Tensor {
    let layout = CTorchStemLayout(
      stride: Int64(stride), patchCells: Int64(patchCells), firstWidth: Int64(widths.0),
      secondWidth: Int64(widths.1))
    return Tensor(
      owning: ctorch_stem_patches(
        handle, border.handle, first.weight.handle, first.bias.handle, second.weight.handle,
        second.bias.handle, layout))
  }

  /// What `stemPatches` wants a number of outputs to be a multiple of.
  public static var stemColumnUnit: Int { 16 }

  /// Whether the fused attention functions take this tensor.
  public var canFuseAttention: Bool { ctorch_can_fuse_attention(handle) }

  /// Attention of `[rows, heads, d]` queries to `[rows, keyValueHeads, d]` keys and values.
  ///
  /// Returns `[rows, heads · d]`; without `hasPrefixQueries` only the continuations' rows.
  public func packedAttention(
    key: Tensor, value: Tensor, layout: PackedLayout, hasPrefixQueries: Bool, scale: Double
  ) -> Tensor {
    let raw = CTorchPackedLayout(
      batch: Int64(layout.batch), prefixLength: Int64(layout.prefixLength),
      segmentCount: Int64(layout.segmentCount), segmentLength: Int64(layout.segmentLength),
      hasPrefixQueries: hasPrefixQueries)
    return Tensor(
      owning: ctorch_packed_attention(handle, key.handle, value.handle, raw, scale))
  }

  /// Unmasked self-attention of `[B, N, 3 · heads · d]`, queries, keys and values side by side.
  ///
  /// Returns `[B, N, heads · d]`.
  public func jointAttention(heads: Int, scale: Double) -> Tensor {
    Tensor(owning: ctorch_joint_attention(handle, Int64(heads), scale))
  }
}
