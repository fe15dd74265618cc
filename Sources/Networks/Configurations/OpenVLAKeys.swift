import InputFiles

extension OpenVLAConfiguration {
  /// The keys of an OpenVLA's `config.json`, published or our own.
  public static let knownKeys = TransformersKeys.all.merging(
    KnownKeys(
      obeyed: [
        "arch_specifier", "image_sizes", "timm_model_ids", "timm_override_act_layers",
        "use_fused_vision_backbone", "pad_token_id", "pad_to_multiple_of", "n_action_bins",
        "norm_stats", "llm_backbone_id", "image_resize_strategy", "eos_token_id",
      ],
      inert: [
        // Names of what the other keys say in numbers.
        "vision_backbone_id", "hf_llm_id",
        // Of training and of what is returned; `text_config` has its own.
        "llm_max_length", "output_projector_states", "bos_token_id", "tie_word_embeddings",
      ],
      [
        "model_type": .only([.string("openvla")]),
        "text_config": .object(LlamaConfiguration.knownKeys),
        "vision_overrides": .objects(KnownKeys(obeyed: ["num_heads"])),
        "trestle": .object(Own.knownKeys), "policy": .object(policyKeys),
      ]))

  /// What Trestle's own checkpoints say under `policy`: `PolicyConfiguration.Own` obeys them.
  static let policyKeys = KnownKeys(
    obeyed: [
      "grounding", "location_bins", "prompt", "instructions", "center_crop", "action_choices",
      "executed_length", "action_normalization",
    ],
    ["parallel_decoding": .object(KnownKeys(obeyed: ["images", "chunk_length"]))])
}

extension OpenVLAConfiguration.Own {
  static let knownKeys = KnownKeys(
    obeyed: ["prompt_length", "rows", "products"],
    ["vision": .objects(VisionTransformerConfiguration.knownKeys)])
}

extension VisionTransformerConfiguration {
  static let knownKeys = KnownKeys(obeyed: [
    "image_size", "patch", "stem", "width", "depth", "heads", "mlp_width", "class_token",
    "register_tokens", "prefix_positions", "pre_norm", "layer_scale", "activation", "norm_eps",
    "feature_block",
  ])
}

extension LlamaConfiguration {
  /// Position embeddings of the plain kind; scaled ones would need other angles.
  private static let rope = KnownKeys(
    obeyed: ["rope_theta"],
    [
      "rope_type": .only([.string("default")]), "type": .only([.string("default")]),
      "factor": .only([.integer(1)]), "partial_rotary_factor": .only([.integer(1)]),
    ])

  /// The keys of `text_config`.
  static let knownKeys = TransformersKeys.all.merging(
    KnownKeys(
      obeyed: [
        "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
        "num_attention_heads", "num_key_value_heads", "head_dim", "rms_norm_eps", "rope_theta",
        "max_position_embeddings", "bos_token_id", "eos_token_id",
      ],
      [
        "model_type": .only([.string("llama")]),
        "hidden_act": .only([.string("silu"), .string("swish")]),
        "tie_word_embeddings": .only([.boolean(false)]),
        "partial_rotary_factor": .only([.integer(1)]),
        "rope_scaling": .object(rope), "rope_parameters": .object(rope),
      ]))
}

extension DiffusionPolicyConfiguration {
  /// The keys of a diffusion policy's `config.json`, which Trestle alone writes.
  public static let knownKeys = KnownKeys(
    obeyed: [
      "vocab_size", "text_length", "pad_token_id", "hidden_size", "num_attention_heads",
      "intermediate_size", "num_encoder_layers", "num_decoder_layers", "horizon", "action_size",
      "train_steps", "inference_steps", "rows", "norm_stats", "history", "state_size", "tells_turn",
      "tells_way",
    ],
    // The writer of both kinds of checkpoint leaves these; there are no action tokens.
    inert: ["architectures", "n_action_bins", "pad_to_multiple_of"],
    [
      "model_type": .only([.string("diffusion-policy")]),
      "vision": .objects(VisionTransformerConfiguration.knownKeys),
      "policy": .object(OpenVLAConfiguration.policyKeys),
    ])
}

/// Keys of `generation_config.json`, which `generate` obeys where it lies beside a checkpoint.
public enum GenerationKeys {
  public static let known = TransformersKeys.generation.merging(
    KnownKeys(
      obeyed: ["eos_token_id"],
      inert: ["_from_model_config", "transformers_version", "trust_remote_code"],
      ["output_attentions": .inert, "output_hidden_states": .inert]))
}
