import EnvironmentInterface
import Foundation
import InputFiles
import Networks
import Torch

extension PolicyConfiguration {
  /// The tokens that stand for actions: they end where the text's vocabulary ends, before the padding.
  ///
  /// - Throws: `InputFileError` where the vocabulary has no place for them.
  func actions(of network: OpenVLA, in document: JSONDocument) throws(InputFileError)
    -> ActionTokenizer
  {
    let end = network.configuration.language.vocabularySize - (padToMultipleOf ?? 64)
    let binCount = actionBins ?? 256
    guard binCount >= 2, (padToMultipleOf ?? 64) >= 0, binCount <= end else {
      throw document.failure(
        at: "n_action_bins",
        "\(binCount) bins do not fit into the \(max(0, end)) tokens before the padding (pad_to_multiple_of)"
      )
    }
    return ActionTokenizer(vocabularyEnd: end, binCount: binCount)
  }

  /// How an instruction is put: as the checkpoint says, else as its base model was spoken to.
  ///
  /// - Throws: `InputFileError` for a base model whose prompt is not known.
  func promptTemplate(in document: JSONDocument) throws(InputFileError) -> PromptTemplate {
    if let prompt = own?.prompt { return prompt }
    switch languageModel {
    case nil, "llama2-7b-pure", "llama2-13b-pure": return .openVLA
    case "vicuna-v15-7b", "vicuna-v15-13b": return .openVLAv01
    case .some(let name):
      throw document.failure(
        at: "llm_backbone_id",
        "the prompt of '\(name)' is not known; llama2-7b-pure, llama2-13b-pure, "
          + "vicuna-v15-7b and vicuna-v15-13b can be used")
    }
  }
}

extension PolicyCheckpoint {
  /// Above this size weights stay as they are stored [bytes].
  private static let smallSize = 4 << 30

  /// float32 for small models, bfloat16 for those that would not fit twice.
  public var preferredType: DType {
    let files = (try? Checkpoint(folder: folder).fileURLs) ?? []
    let size = files.reduce(0) { sum, url in
      let path = url.resolvingSymlinksInPath().path
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return sum + ((attributes?[.size] as? Int) ?? 0)
    }
    return size > Self.smallSize ? .bfloat16 : .float32
  }

  /// The type that numbers have between layers: weights in few bits leave room for float32, whose layers are the faster ones.
  func type(for loading: CheckpointLoading) -> DType {
    loading.dtype ?? (loading.quantization == nil ? preferredType : .float32)
  }

  /// All that the model says and hears.
  ///
  /// - Throws: `CheckpointError` where the tokenizer lacks a piece that the model needs.
  public func vocabulary(
    of tokenizer: SentencePieceTokenizer, for network: OpenVLA
  ) throws -> Vocabulary {
    guard network.configuration.beginToken == Vocabulary.beginToken else {
      throw document.failure(
        at: "text_config.bos_token_id",
        "\(network.configuration.beginToken) is not \(Vocabulary.beginToken), the tokenizer's '<s>', which begins every prompt"
      )
    }
    return try Vocabulary(
      text: tokenizer, actions: configuration.actions(of: network, in: document),
      template: configuration.promptTemplate(in: document),
      grounding: configuration.own?.grounding ?? .none,
      locationBins: configuration.own?.locationBins ?? 0, instructions: instructions,
      source: folder.appendingPathComponent("tokenizer.model").path)
  }

  /// Whether its prompts hold the instruction.
  public var instructions: InstructionUse { configuration.own?.instructions ?? .read }

  /// The tokenizer, nil where the folder has none and the model can do without.
  func tokenizerIfPresent() throws -> SentencePieceTokenizer? {
    let path = folder.appendingPathComponent("tokenizer.model").path
    let isNeeded = configuration.own?.grounding.map { $0 != .none } ?? false
    return try isNeeded || FileManager.default.fileExists(atPath: path) ? tokenizer() : nil
  }

  /// How each of the action's tokens is chosen; empty as published.
  public var actionChoices: [TokenChoice] { configuration.own?.actionChoices ?? [] }

  /// Throws where generation would end at one of the action's own tokens, or `generation_config.json` asks for another
  /// way of choosing tokens.
  func checkGeneration(_ actions: ActionTokenizer) throws(InputFileError) {
    let url = folder.appendingPathComponent("generation_config.json")
    var documents = [document]
    if FileManager.default.fileExists(atPath: url.path) {
      let generation = try JSONDocument(contentsOf: url)
      try GenerationKeys.known.check(generation)
      documents.append(generation)
    }
    let key = "eos_token_id"
    for document in documents {
      for value in [document.root[key], document.root["text_config"]?[key]] {
        let ends: [Int] = if case .integer(let id)? = value { [id] } else { value?.integers ?? [] }
        if let id = ends.first(where: actions.tokenRange.contains) {
          throw document.failure(at: key, "\(id) is a token of actions, which would end the answer")
        }
      }
    }
  }
}
