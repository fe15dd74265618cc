import InputFiles

/// Keys that transformers writes into every `config.json` (4.40 to 5.24 were looked at), a model's and its text model's.
enum TransformersKeys {
  /// Names, labels for heads that these models don't have, and what is returned beside the answer.
  static let descriptive = KnownKeys(
    inert: [
      "_name_or_path", "_commit_hash", "architectures", "auto_map", "transformers_version",
      "tokenizer_class", "prefix", "task_specific_params", "problem_type", "finetuning_task",
      "id2label", "label2id", "num_labels", "initializer_range", "return_dict",
      "output_attentions", "output_hidden_states", "torchscript", "tf_legacy_loss",
    ])

  /// How weights are kept and computed with, which the caller says here; nothing that exact arithmetic would notice.
  static let computing = KnownKeys(
    inert: [
      "torch_dtype", "dtype", "use_bfloat16", "use_cache", "chunk_size_feed_forward",
      "_attn_implementation", "_attn_implementation_autoset", "_attn_implementation_internal",
      "attn_implementation", "_experts_implementation", "pretraining_tp", "attention_dropout",
    ])

  /// How text is generated. The likeliest token is taken here, one row at a time: what only sampling or beams look at
  /// changes nothing, what shifts the likeliest token is refused.
  static let generation = KnownKeys(
    inert: [
      "do_sample", "temperature", "top_k", "top_p", "min_p", "top_h", "typical_p",
      "epsilon_cutoff", "eta_cutoff", "early_stopping", "length_penalty", "max_length",
      "max_new_tokens", "output_scores", "output_logits", "return_dict_in_generate",
      "cache_implementation", "renormalize_logits", "low_memory", "max_time", "use_cache",
      "num_assistant_tokens", "num_assistant_tokens_schedule", "assistant_confidence_threshold",
      "assistant_lookbehind", "target_lookbehind", "max_matching_ngram_size", "disable_compile",
      "pad_token_id", "bos_token_id", "decoder_start_token_id",
    ],
    [
      "num_beams": .only([.integer(1)]), "num_beam_groups": .only([.integer(1)]),
      "num_return_sequences": .only([.integer(1)]), "diversity_penalty": .only([.integer(0)]),
      "repetition_penalty": .only([.integer(1)]),
      "encoder_repetition_penalty": .only([.integer(1)]),
      "no_repeat_ngram_size": .only([.integer(0)]),
      "encoder_no_repeat_ngram_size": .only([.integer(0)]),
      "min_length": .only([.integer(0)]), "min_new_tokens": .only([.integer(0)]),
      "guidance_scale": .only([.integer(1)]), "penalty_alpha": .only([.integer(0)]),
    ])

  static let all = descriptive.merging(computing).merging(generation)
}
