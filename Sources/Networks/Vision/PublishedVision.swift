import Torch

/// The vision transformers that Prismatic builds its backbones from, by timm model id.
///
/// Sizes are those of timm 0.9.16 (`vision_transformer.py`), activations those of Prismatic's `TIMM_OVERRIDE_ACT_LAYER`.
enum PublishedVision {
  /// At 224 pixels; `image_sizes` decides.
  static let configurations: [String: VisionTransformerConfiguration] = [
    "vit_large_patch14_reg4_dinov2.lvd142m": large(
      hasClassToken: true, registerTokenCount: 4, hasLayerScale: true),
    "vit_so400m_patch14_siglip_224": shapeOptimized,
    "vit_so400m_patch14_siglip_384": shapeOptimized,
    "vit_large_patch14_clip_224.openai": clip,
    "vit_large_patch14_clip_336.openai": clip,
  ]

  private static func large(
    hasClassToken: Bool, registerTokenCount: Int = 0, hasLayerScale: Bool = false
  ) -> VisionTransformerConfiguration {
    VisionTransformerConfiguration(
      patchSize: 14, width: 1024, depth: 24, heads: 16, hasClassToken: hasClassToken,
      registerTokenCount: registerTokenCount, hasLayerScale: hasLayerScale)
  }

  private static let clip: VisionTransformerConfiguration = {
    var configuration = large(hasClassToken: true)
    configuration.prefixHasPositions = true
    configuration.hasPreNorm = true
    configuration.activation = .quickGELU
    configuration.normEpsilon = 1e-5
    return configuration
  }()

  /// Whether a pooling by attention follows the last norm (`global_pool='map'`).
  static func hasAttentionPool(_ id: String) -> Bool { id.contains("siglip") }

  /// SigLIP's; its MLP is 3.7362 times as wide, rounded down.
  private static let shapeOptimized = VisionTransformerConfiguration(
    patchSize: 14, width: 1152, depth: 27, heads: 16, mlpWidth: 4304)

  /// The transformers that `configuration` names: sizes as a checkpoint stores them, or as published where none backs
  /// `scope`.
  ///
  /// - Throws: `TorchError` that names the key of `config.json`.
  static func configurations(
    for configuration: OpenVLAConfiguration, in scope: ParameterScope
  ) throws -> [VisionTransformerConfiguration] {
    let ids = configuration.timmModelIDs ?? []
    guard (1...VisionBackbone.names.count).contains(ids.count) else {
      throw TorchError("config.json: timm_model_ids names \(ids.count) models; 1 or 2 are needed")
    }
    if let isFused = configuration.isFused, isFused != (ids.count == 2) {
      throw TorchError(
        "config.json: use_fused_vision_backbone is \(isFused), timm_model_ids names \(ids.count)")
    }
    guard configuration.imageSizes.count >= ids.count else {
      throw TorchError("config.json: image_sizes has no entry for \(ids[ids.count - 1])")
    }
    return try ids.enumerated().map { index, id in
      guard var result = Self.configurations[id] else {
        throw TorchError(
          "config.json: the timm_model_id \(id) is not known; known are "
            + Self.configurations.keys.sorted().joined(separator: ", "))
      }
      result.imageSize = configuration.imageSizes[index]
      let overrides = configuration.visionOverrides ?? []
      if index < overrides.count { result.heads = overrides[index].heads }
      if let activations = configuration.activations {
        result.activation = try activation(index, of: activations, modelCount: ids.count)
      }
      try result.adoptSizes(storedIn: scope[VisionBackbone.names[index]])
      return result
    }
  }

  /// What `timm_override_act_layers` says of a transformer; null is timm's own, the exact GELU.
  private static func activation(
    _ index: Int, of names: [String?], modelCount: Int
  ) throws -> Activation {
    guard names.count == modelCount else {
      throw TorchError(
        "config.json: timm_override_act_layers has \(names.count) entries for \(modelCount) models")
    }
    guard let name = names[index] else { return .gelu }
    guard let activation = Activation(rawValue: name) else {
      throw TorchError(
        "config.json: the act layer \(name) in timm_override_act_layers is not known; known are "
          + Activation.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return activation
  }
}

extension VisionTransformerConfiguration {
  /// Takes the sizes of the tensors in `scope`, where a checkpoint backs it.
  fileprivate mutating func adoptSizes(storedIn scope: ParameterScope) throws {
    guard scope.isStored else { return }
    guard let positions = scope.storedShape("pos_embed"), positions.count == 3,
      let patch = scope.storedShape("patch_embed.proj.weight"), patch.count == 4,
      let mlp = scope.storedShape("blocks.0.mlp.fc1.weight"), mlp.count == 2
    else {
      throw TorchError("the checkpoint holds no vision transformer at \(scope.name)")
    }
    var depth = 0
    while scope.storedShape("blocks.\(depth).norm1.weight") != nil { depth += 1 }
    (patchSize, width, mlpWidth) = (patch[2], positions[2], mlp[0])
    (self.depth, featureBlock) = (depth, max(0, depth - 2))
  }
}
