import Torch

/// One or two vision transformers side by side, as in Prismatic (Karamcheti and others, 2024).
///
/// The first is named `featurizer`, the second `fused_featurizer`. Transformer i sees channels
/// `3i ..< 3i + 3` of the input, each normalized as it expects (for OpenVLA: DINOv2 first, SigLIP
/// second); their patch features are concatenated channel-wise.
public final class VisionBackbone {
  public static let names = ["featurizer", "fused_featurizer"]

  public let transformers: [VisionTransformer]
  /// Channels of the fused features.
  public let width: Int
  public let patchCount: Int

  public init(
    _ scope: ParameterScope, _ configurations: [VisionTransformerConfiguration]
  ) throws {
    guard (1...Self.names.count).contains(configurations.count) else {
      throw TorchError("\(configurations.count) vision transformers; 1 or 2 are possible")
    }
    for configuration in configurations { try configuration.validate() }
    guard Set(configurations.map(\.patchCount)).count == 1,
      Set(configurations.map(\.imageSize)).count == 1
    else {
      throw TorchError("fused vision transformers must share image size and number of patches")
    }
    transformers = try zip(Self.names, configurations).map {
      try VisionTransformer(scope[$0], $1)
    }
    width = configurations.reduce(0) { $0 + $1.width }
    patchCount = configurations[0].patchCount
  }

  private let folded = FoldedEmbeddingCache()

  /// Channels of the input: three for each transformer.
  public var channelCount: Int { 3 * transformers.count }

  /// Patch features `[B, patches, width]` of `pixelValues` `[B, channelCount, side, side]`.
  public func callAsFunction(_ pixelValues: Tensor) -> Tensor {
    let side = transformers[0].configuration.imageSize
    let shape = pixelValues.shape
    guard pixelValues.isPoisoned || shape.dropFirst() == [channelCount, side, side] else {
      return .failure(
        "pixel values have shape \(shape); [batch, \(channelCount), \(side), \(side)] is needed")
    }
    return fused(
      transformers.enumerated().map { index, transformer in
        transformer(pixelValues.narrowed(1, 3 * index..<3 * index + 3))
      })
  }

  /// The same of images as a camera gives them. Where acting treats each row alone, the weights that read 8-bit pixels hold the
  /// normalization.
  func callAsFunction(_ images: VisionInput, dtype: DType, device: Device) -> Tensor {
    guard case .raw(let pixels, let normalizations) = images,
      let embedding = folded.embedding(of: transformers, normalizations, dtype, device)
    else {
      return self(images.normalized.to(device).to(dtype))
    }
    let side = transformers[0].configuration.imageSize
    guard pixels.isPoisoned || pixels.shape.dropFirst() == [side, side, 3] else {
      return .failure("images have shape \(pixels.shape); [batch, \(side), \(side), 3] is needed")
    }
    let embeddings = embedding(pixels)
    do {
      return fused(
        try sideBySide(transformers.count) { index in
          try checked { transformers[index].features(ofEmbedded: embeddings[index]()) }
        })
    } catch {
      return .failure((error as? TorchError)?.message ?? "\(error)")
    }
  }

  private func fused(_ features: [Tensor]) -> Tensor {
    features.count == 1 ? features[0] : .concatenated(features, dimension: 2)
  }
}
