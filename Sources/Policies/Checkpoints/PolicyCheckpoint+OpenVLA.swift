import EnvironmentInterface
import Foundation
import Networks
import Torch

extension PolicyConfiguration {
  /// Where the text vocabulary ends and, below it, action tokens end; the rest is padding.
  func vocabularyEnd(of network: OpenVLA) -> Int {
    network.configuration.language.vocabularySize - (padToMultipleOf ?? 64)
  }
}

extension PolicyCheckpoint {
  /// Above this size weights stay as they are stored [bytes].
  private static let smallSize = 4 << 30

  /// float32 for small models, bfloat16 for those that would not fit twice.
  public var preferredType: DType {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let size = files.filter { $0.hasSuffix(".safetensors") }.reduce(0) { sum, name in
      let path = folder.appendingPathComponent(name).resolvingSymlinksInPath().path
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
    let configuration = try configuration
    return try Vocabulary(
      text: tokenizer, vocabularyEnd: configuration.vocabularyEnd(of: network),
      template: configuration.own?.prompt ?? .openVLA,
      grounding: configuration.own?.grounding ?? .none,
      locationBins: configuration.own?.locationBins ?? 0,
      source: folder.appendingPathComponent("tokenizer.model").path)
  }

  /// The tokenizer, nil where the folder has none and the model can do without.
  func tokenizerIfPresent() throws -> SentencePieceTokenizer? {
    let path = folder.appendingPathComponent("tokenizer.model").path
    let isNeeded = try configuration.own?.grounding == .point
    return try isNeeded || FileManager.default.fileExists(atPath: path) ? tokenizer() : nil
  }

  /// How each of the action's tokens is chosen; empty as published.
  public var actionChoices: [TokenChoice] {
    get throws {
      let choices = try configuration.own?.actionChoices ?? []
      guard choices.isEmpty || choices.count == Action.count else {
        throw CheckpointError.unreadableFile(
          path: folder.appendingPathComponent("config.json").path,
          reason: "at 'policy.action_choices': \(choices.count) choices for \(Action.count) tokens")
      }
      return choices
    }
  }
}
