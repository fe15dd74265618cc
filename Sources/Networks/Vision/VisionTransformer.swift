import Torch

/// A vision transformer (Dosovitskiy and others, 2021) with the semantics and names of timm 0.9.16.
///
/// Covers DINOv2 (class and register tokens, layer scale), SigLIP (neither) and CLIP (a class token with a position, a
/// norm before the blocks). The feature is the output of one inner block, without the final norm and without prefix
/// tokens.
public final class VisionTransformer {
  public let configuration: VisionTransformerConfiguration
  let stem: ConvolutionalStem?
  let patchWeight: Tensor
  let patchBias: Tensor?
  let patchUpdate: LowRankUpdate?
  private let positions: Tensor
  private let prefix: [Tensor]
  private let preNorm: LayerNorm?
  private let blocks: [TransformerBlock]

  public init(
    _ scope: ParameterScope, _ configuration: VisionTransformerConfiguration
  ) throws {
    try configuration.validate()
    self.configuration = configuration
    let width = configuration.width
    var prefix: [Tensor] = []
    let small = Initializer.normal(standardDeviation: 0.02)
    if configuration.hasClassToken {
      prefix.append(try scope.parameter("cls_token", [1, 1, width], small))
    }
    if configuration.registerTokenCount > 0 {
      prefix.append(
        try scope.parameter("reg_token", [1, configuration.registerTokenCount, width], small))
    }
    self.prefix = prefix
    positions = try scope.parameter(
      "pos_embed", [1, configuration.positionCount, width], Self.initialPositions(configuration))
    stem = try configuration.stem.map { try ConvolutionalStem(scope["stem"], widths: $0) }
    let embedding = scope["patch_embed"]["proj"]
    let patch = configuration.patchSize / (stem == nil ? 1 : ConvolutionalStem.stride)
    let patchShape = [width, stem?.width ?? 3, patch, patch]
    patchWeight = try embedding.parameter("weight", patchShape, .fanIn())
    patchUpdate = try embedding.lowRankUpdate(of: "weight", patchShape)
    patchBias =
      configuration.hasPreNorm ? nil : try embedding.parameter("bias", [width], .zeros)
    preNorm =
      configuration.hasPreNorm
      ? try LayerNorm(scope["norm_pre"], width: width, epsilon: configuration.normEpsilon) : nil
    blocks = try (0...configuration.featureBlock).map {
      try TransformerBlock(scope["blocks"][$0], configuration)
    }
  }

  /// Prefix tokens begin without a position.
  private static func initialPositions(_ configuration: VisionTransformerConfiguration)
    -> Initializer
  {
    let prefixCount = configuration.positionCount - configuration.patchCount
    return .values(
      Array(repeating: 0, count: prefixCount * configuration.width)
        + sineCosinePositions(gridSize: configuration.gridSize, width: configuration.width))
  }

  /// Features `[B, patches, width]` of normalized images `[B, 3, side, side]`.
  ///
  /// Patches run along rows from the top left.
  public func callAsFunction(_ images: Tensor) -> Tensor {
    let patches = stem.map { self.patches(ofCells: $0(images)) } ?? self.patches(images)
    var x = patches.linear(patchWeight.reshaped([configuration.width, -1]), patchBias)
    if let patchUpdate { x = x + patchUpdate(patches) }
    return features(ofEmbedded: x)
  }

  /// Features of embedded patches `[B, patches, width]`.
  func features(ofEmbedded embedded: Tensor) -> Tensor {
    var x = embedded
    if !configuration.prefixHasPositions { x = x + positions }
    if !prefix.isEmpty {
      let batch = x.size(0)
      let tokens = prefix.map { $0.expanded([batch, -1, -1]) }
      x = .concatenated(tokens + [x], dimension: 1)
    }
    if configuration.prefixHasPositions { x = x + positions }
    if let preNorm { x = preNorm(x) }
    for block in blocks { x = block(x) }
    let skipped = configuration.prefixTokenCount
    return skipped == 0 ? x : x.narrowed(1, skipped..<skipped + configuration.patchCount)
  }

  /// `[B, patches, channels · side²]` of a stem's cells `[B, cells, cells, channels]`, in the order of the patch embedding's weights.
  private func patches(ofCells cells: Tensor) -> Tensor {
    let grid = configuration.gridSize
    let (side, channels) = (cells.size(1) / grid, cells.size(3))
    return cells.reshaped([-1, grid, side, grid, side, channels])
      .permuted([0, 1, 3, 5, 2, 4]).reshaped([-1, grid * grid, channels * side * side])
  }

  /// `[B, patches, 3 · patch²]`: the convolution with stride = kernel as a plain matrix product, which
  /// is faster on CPUs.
  private func patches(_ images: Tensor) -> Tensor {
    let (grid, patch) = (configuration.gridSize, configuration.patchSize)
    var images = images
    if grid * patch < configuration.imageSize {
      images = images.narrowed(2, 0..<grid * patch).narrowed(3, 0..<grid * patch)
    }
    return images.reshaped([-1, 3, grid, patch, grid, patch]).permuted([0, 2, 4, 1, 3, 5])
      .reshaped([-1, grid * grid, 3 * patch * patch])
  }
}

extension TransformerBlock {
  /// A block of a vision transformer.
  convenience init(
    _ scope: ParameterScope, _ configuration: VisionTransformerConfiguration
  ) throws {
    try self.init(
      scope, width: configuration.width, heads: configuration.heads,
      mlpWidth: configuration.mlpWidth, depth: configuration.depth,
      hasLayerScale: configuration.hasLayerScale, activation: configuration.activation,
      normEpsilon: configuration.normEpsilon)
  }
}
