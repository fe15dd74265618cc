import InputFiles

/// Files beside `tokenizer.model` that could have text cut in another way: `tokenizer_config.json`, `added_tokens.json`,
/// and `tokenizer.json`, which transformers reads first where it is there.
enum TokenizerFiles {
  /// Transformers' keys (4.40 to 5.24 were looked at). What is done to answers and to batches changes nothing here.
  private static let knownKeys = KnownKeys(
    obeyed: ["bos_token", "added_tokens_decoder"],
    inert: [
      "additional_special_tokens", "extra_special_tokens", "auto_map", "backend", "chat_template",
      "clean_up_tokenization_spaces", "eos_token", "is_local", "legacy", "max_length",
      "model_input_names", "model_max_length", "name_or_path", "pad_to_multiple_of", "pad_token",
      "pad_token_type_id", "padding", "padding_side", "processor_class", "return_token_type_ids",
      "spaces_between_special_tokens", "special_tokens_map_file", "stride", "tokenizer_file",
      "truncation", "truncation_side", "truncation_strategy", "unk_token", "use_fast",
      "use_default_system_prompt",
    ],
    [
      "add_bos_token": .only([.boolean(true)]), "add_prefix_space": .only([.boolean(true)]),
      "add_eos_token": .only([.boolean(false)]),
      "tokenizer_class": .only(
        ["LlamaTokenizer", "LlamaTokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend"]
          .map(JSONValue.string)),
    ])

  /// - Parameters:
  ///   - tokenizer: That of `tokenizer.model`.
  ///   - document: A file of the checkpoint's folder by name, nil where there is none.
  static func check(
    _ tokenizer: SentencePieceTokenizer, _ document: (String) throws -> JSONDocument?
  ) throws {
    if let fast = try document("tokenizer.json") { try checkPieces(tokenizer, in: fast) }
    if let configuration = try document("tokenizer_config.json") {
      try knownKeys.check(configuration)
      let begin = configuration.root["bos_token"]
      if let text = begin?.text ?? begin?["content"]?.text, text != "<s>" {
        throw configuration.failure(at: "bos_token", "'\(text)' is not '<s>', which begins prompts")
      }
      let added = configuration.root["added_tokens_decoder"]
      for id in added?.keys ?? [] {
        guard let text = added?[id]?["content"]?.text else { continue }
        try checkAdded(text, in: configuration, at: "added_tokens_decoder.\(id)")
      }
    }
    if let added = try document("added_tokens.json") {
      for text in added.root.keys { try checkAdded(text, in: added, at: text) }
    }
  }

  /// Throws where `tokenizer.json` gives a piece another number than `tokenizer.model`: one of them is of another model.
  private static func checkPieces(
    _ tokenizer: SentencePieceTokenizer, in document: JSONDocument
  ) throws(InputFileError) {
    let key = "model.vocab"
    guard case .object(let pieces)? = document.root["model"]?["vocab"] else {
      throw document.failure(at: key, "no object of pieces and their numbers is there")
    }
    for piece in pieces {
      // The unknown piece has a number and no id to be found by.
      guard case .integer(let id) = piece.value, id > 0 else { continue }
      guard tokenizer.id(ofPiece: piece.key) == id else {
        throw document.failure(
          at: key,
          "the piece '\(piece.key)' has the number \(id), in tokenizer.model "
            + (tokenizer.id(ofPiece: piece.key).map { "\($0)" } ?? "there is no such piece")
            + "; copy both files again, of one model")
      }
    }
  }

  /// Throws for an added token that could stand in an instruction, where it would be cut out as one piece.
  private static func checkAdded(
    _ text: String, in document: JSONDocument, at key: String
  ) throws(InputFileError) {
    guard text.hasPrefix("<") || text.hasPrefix("[") else {
      throw document.failure(
        at: key, "the added token '\(text)' is not known; only marks such as '<PAD>' are")
    }
  }
}
