import Foundation
import Torch

// A decoder that is to learn, and batches: rows of prompts of several lengths in one pass.

extension ParallelDecoder {
  /// The name under which what stands in the slots is kept, in the head's file.
  public static let slotName = "slot_embeddings"

  /// A decoder around `network` whose head and slots are `source`'s.
  public init(
    _ network: OpenVLA, _ source: ParameterSource, chunkLength: Int, actionLength: Int
  ) throws {
    let width = network.configuration.language.width
    try self.init(
      network: network,
      head: RegressionHead(source, width: width, actionLength: actionLength), projector: nil,
      slots: Embedding(
        source.root[Self.slotName], count: chunkLength * actionLength, width: width),
      chunkLength: chunkLength, actionLength: actionLength)
  }

  /// What stands in the slots by a head's file; nil for zeros, as published.
  public static func slots(
    in head: Checkpoint?, count: Int, width: Int, dtype: DType, device: Device
  ) throws -> Embedding? {
    guard let head, head.contains("\(slotName).weight") else { return nil }
    return try Embedding(
      ParameterSource(head, dtype: dtype, device: device).root[slotName], count: count,
      width: width)
  }

  /// Normalized chunks of several rows, `[B, chunkLength, actionLength]`, to go backward from; and for each gaze how well
  /// its tokens look, as the mean cross-entropy of one attention head over all that they see.
  ///
  /// A row's prompt sees nothing of the others'. The same numbers as `answer` gives for each row, but for sums taken in
  /// another order.
  ///
  /// - Parameters:
  ///   - projected: Patches in the language model's space, `[B, patches, width]`.
  ///   - prompts: Begin token first, the empty piece last.
  public func actions(
    projected: Tensor, prompts: [[Int]], looking: [SlotGaze] = []
  ) -> (actions: Tensor, gazes: [Tensor]) {
    let language = network.language
    guard let head else {
      return (.failure("a decoder without a head has no numbers to learn"), [])
    }
    guard projected.rank == 3, projected.size(0) == prompts.count, !prompts.isEmpty,
      prompts.allSatisfy({ $0.count > 1 })
    else {
      return (.failure("\(prompts.count) prompts for patches of shape \(projected.shape)"), [])
    }
    let (batch, width) = (prompts.count, language.configuration.width)
    let layout = SlotLayout(self, prompts: prompts)
    /// One token of each row, `[B, 1, width]`.
    func embedded(_ tokens: [Int]) -> Tensor {
      language.embed(Tensor(tokens, shape: [batch, 1]).to(language.device))
    }
    func everywhere(_ rows: Tensor) -> Tensor { rows.unsqueezed(0).expanded([batch, -1, width]) }
    let begin = embedded(prompts.map { $0[0] })
    let text = language.embed(
      Tensor(
        zip(prompts, layout.spares).flatMap { prompt, spare in
          Array(repeating: network.configuration.padToken, count: spare) + prompt.dropFirst()
        }, shape: [batch, layout.textLength]
      ).to(language.device))
    let end = embedded(Array(repeating: Self.endToken, count: batch))
    let probes = looking.map {
      BidirectionalProbe(
        tokens: Tensor(
          $0.tokens.map { token in token.row * layout.length + layout.place(of: token) }
        ).to(language.device),
        layersBeforeLast: $0.layersBeforeLast)
    }
    let hidden = language.bidirectionalHidden(
      .concatenated([begin, projected, text, everywhere(slotEmbeddings), end], dimension: 1),
      padding: SequencePadding(
        head: layout.headLength, spares: layout.spares, length: layout.length),
      kept: layout.readPlaces, probes: probes)
    let actions = head(language.normalized(hidden))
      .reshaped([batch, chunkLength, actionLength])
    let gazes = zip(probes, looking).map { probe, gaze in
      guard let scores = probe.scores else {
        return Tensor.failure(
          "a model of \(language.configuration.layerCount) layers has none "
            + "\(gaze.layersBeforeLast) before its last to look with")
      }
      return scores.to(.float32).crossEntropy(
        Tensor(gaze.tokens.map { $0.patch + 1 }).to(language.device))
    }
    return (actions, gazes)
  }

  /// What the decoder would do, row by row as above: normalized, `[B][chunkLength][actionLength]`.
  ///
  /// - Parameters:
  ///   - images: The image of each row, in `pixelValues`.
  public func chunks(
    pixelValues: Tensor, images: [Int], prompts: [[Int]]
  ) throws -> [[[Double]]] {
    let numbers = try network.acting {
      try checked {
        let projected = network.projector(network.patchFeatures(pixelValues))
        return actions(
          projected: projected.rows(Tensor(images).to(projected.device)), prompts: prompts
        ).actions.to(.float32)
      }.doubles()
    }
    return stride(from: 0, to: numbers.count, by: slotCount).map {
      actions(of: Array(numbers[$0..<$0 + slotCount]))
    }
  }
}

/// Which patch some tokens of a batch of rows should look at.
public struct SlotGaze {
  /// A token that looks.
  public struct Token: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      /// The place in the prompt, the begin token's being 0.
      case prompt(Int)
      /// The number of the chunk that is read from the token.
      case number(Int)
    }
    public var row: Int
    public var kind: Kind
    /// Row-major from the top left.
    public var patch: Int

    public init(row: Int, kind: Kind, patch: Int) {
      (self.row, self.kind, self.patch) = (row, kind, patch)
    }
  }

  public var tokens: [Token]
  /// The decoder layer that looks, counted back from the last.
  public var layersBeforeLast: Int

  public init(_ tokens: [Token], layersBeforeLast: Int) {
    (self.tokens, self.layersBeforeLast) = (tokens, layersBeforeLast)
  }
}

/// Where things stand in rows of one length: `[begin] [patches] [spare places] [rest of the prompt] [slots] [end]`.
private struct SlotLayout {
  let headLength: Int
  let textLength: Int
  let spares: [Int]
  let slotCount: Int

  init(_ decoder: ParallelDecoder, prompts: [[Int]]) {
    headLength = 1 + decoder.network.vision.patchCount
    // Few distinct lengths keep the allocator's caches warm.
    let longest = (prompts.map(\.count).max() ?? 1) - 1
    let textLength = (longest + 3) / 4 * 4
    self.textLength = textLength
    spares = prompts.map { textLength + 1 - $0.count }
    slotCount = decoder.slotCount
  }

  var length: Int { headLength + textLength + slotCount + 1 }

  /// The tokens that the chunk's numbers are read from: the prompt's last and all slots but the last.
  var readPlaces: Range<Int> {
    let last = headLength + textLength - 1
    return last..<last + slotCount
  }

  func place(of token: SlotGaze.Token) -> Int {
    switch token.kind {
    case .prompt(let place): place == 0 ? 0 : headLength + spares[token.row] + place - 1
    case .number(let number): readPlaces.lowerBound + number
    }
  }
}
