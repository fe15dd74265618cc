import Torch

/// What a published vision transformer holds beyond the feature: the blocks after it, the final norm, the pooling.
///
/// Nothing here is computed. It says what a published checkpoint holds where there is none to look at.
enum UncomputedVision {
  /// - Parameter scope: Of the transformer, in a source of its own: what it hands out is the answer.
  static func declare(
    _ scope: ParameterScope, _ configuration: VisionTransformerConfiguration, hasAttentionPool: Bool
  ) throws {
    for index in configuration.featureBlock + 1..<configuration.depth {
      _ = try TransformerBlock(scope["blocks"][index], configuration)
    }
    _ = try LayerNorm(scope["norm"], width: configuration.width)
    if hasAttentionPool { try declareAttentionPool(scope["attn_pool"], configuration) }
  }

  /// timm's `AttentionPoolLatent`: one learned query looks at all patches.
  private static func declareAttentionPool(
    _ scope: ParameterScope, _ configuration: VisionTransformerConfiguration
  ) throws {
    let width = configuration.width
    _ = try scope.parameter("latent", [1, 1, width], .zeros)
    for (name, output) in [("q", width), ("kv", 2 * width), ("proj", width)] {
      _ = try Linear(scope[name], input: width, output: output)
    }
    _ = try LayerNorm(scope["norm"], width: width)
    _ = try MultilayerPerceptron(
      scope["mlp"], width: width, hidden: configuration.mlpWidth, residual: .zeros)
  }
}
