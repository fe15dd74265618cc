import Torch

/// Decodes a chunk of actions in one pass, as OpenVLA-OFT does (Kim, Finn and Liang, 2025; arXiv 2502.19645).
///
/// The sequence is `[begin] [patches of each image] [proprioception] [rest of the prompt] [slots] [end]`, with a slot
/// for each number of each action, and every token sees every other. A number is read one token before its slot, as in
/// next-token prediction: from the head's regression, or as the likeliest token.
///
/// Published slots are empty: zeros. To the first layer all of them are the same, so a network of few layers has fewer
/// still in which their order, told by rotation alone, can be found; ours learn what stands in theirs.
public struct ParallelDecoder {
  public let network: OpenVLA
  /// Nil reads tokens.
  public let head: RegressionHead?
  public let projector: ProprioceptionProjector?
  /// What stands in the slots, `[chunkLength · actionLength, width]`; nil for zeros.
  let slots: Embedding?
  /// Actions of a chunk.
  public let chunkLength: Int
  /// Numbers of an action.
  public let actionLength: Int

  /// The token after the last slot, `</s>` of Llama's vocabulary.
  public static let endToken = 2

  public init(
    network: OpenVLA, head: RegressionHead?, projector: ProprioceptionProjector?,
    slots: Embedding? = nil, chunkLength: Int, actionLength: Int
  ) {
    self.network = network
    self.head = head
    self.projector = projector
    self.slots = slots
    self.chunkLength = chunkLength
    self.actionLength = actionLength
  }

  /// What one pass says of a chunk.
  public enum Answer: Sendable {
    /// Normalized actions, `[chunkLength][actionLength]`.
    case actions([[Double]])
    /// The likeliest tokens, `[chunkLength][actionLength]`.
    case tokens([[Int]])
    /// Some number behind them is not finite, so that they mean nothing.
    case notFinite
  }

  /// The chunk after one observation.
  ///
  /// - Parameters:
  ///   - pixelValues: `[images, channels, side, side]`, normalized; the third-person image first.
  ///   - prompt: Begin token first, the empty piece last.
  ///   - state: Normalized proprioception; given exactly where there is a projector.
  public func answer(pixelValues: Tensor, prompt: [Int], state: [Double]?) throws -> Answer {
    try network.acting {
      try checked {
        let slots = try slotOutputs(pixelValues: pixelValues, prompt: prompt, state: state)
        guard let head else {
          let tokens = try TokenChoice.likeliest.indices(in: network.language.logits(slots))
          let known = tokens.compactMap { $0 }
          return known.count == tokens.count ? .tokens(actions(of: known)) : .notFinite
        }
        let numbers = try head(network.language.normalized(slots)).to(.float32).doubles()
        return numbers.allSatisfy(\.isFinite) ? .actions(actions(of: numbers)) : .notFinite
      }
    }
  }

  /// The language model's last hidden states that the slots' numbers are read from, `[slots, width]`.
  func hidden(pixelValues: Tensor, prompt: [Int], state: [Double]?) throws -> Tensor {
    try network.acting {
      try checked {
        network.language.normalized(
          try slotOutputs(pixelValues: pixelValues, prompt: prompt, state: state))
      }
    }
  }

  var slotCount: Int { chunkLength * actionLength }

  /// The longest prompt beside so many images, begin token included.
  public func promptLimit(imageCount: Int) -> Int {
    let (places, _) = network.vision.patchCount.multipliedReportingOverflow(by: imageCount)
    return network.configuration.language.maximumLength - places - (projector == nil ? 0 : 1)
      - slotCount - 1
  }

  func actions<Element>(of numbers: [Element]) -> [[Element]] {
    stride(from: 0, to: numbers.count, by: actionLength).map {
      Array(numbers[$0..<min(numbers.count, $0 + actionLength)])
    }
  }

  /// What stands in the slots, `[slots, width]`.
  var slotEmbeddings: Tensor {
    let language = network.language
    return slots?.weight
      ?? .zeros(
        [slotCount, language.configuration.width], dtype: language.dtype, device: language.device)
  }

  /// The last layer's output at the last token of the prompt and at all slots but the last, `[slots, width]`.
  private func slotOutputs(
    pixelValues: Tensor, prompt: [Int], state: [Double]?
  ) throws -> Tensor {
    try check(pixelValues: pixelValues, prompt: prompt, state: state)
    let language = network.language
    let width = language.configuration.width
    func embedded(_ tokens: [Int]) -> Tensor {
      language.embed(Tensor(tokens).to(language.device))
    }
    let patches = network.projector(network.patchFeatures(pixelValues)).reshaped([-1, width])
    var parts = [embedded(Array(prompt.prefix(1))), patches]
    if let projector, let state {
      parts.append(
        projector(
          Tensor(state, shape: [1, state.count]).to(language.dtype).to(language.device)))
    }
    /// Begin token, patches and proprioception.
    let prefixLength = 1 + patches.size(0) + (state == nil ? 0 : 1)
    parts.append(embedded(Array(prompt.dropFirst())))
    parts.append(slotEmbeddings)
    parts.append(embedded([Self.endToken]))
    let lastOfPrompt = prefixLength + prompt.count - 2
    return language.bidirectionalHidden(
      .concatenated(parts, dimension: 0).unsqueezed(0),
      kept: lastOfPrompt..<lastOfPrompt + slotCount)
  }

  private func check(pixelValues: Tensor, prompt: [Int], state: [Double]?) throws {
    try throwRecordedFailure()
    guard pixelValues.rank == 4, pixelValues.size(0) > 0 else {
      throw TorchError("pixel values have shape \(pixelValues.shape); images are needed")
    }
    guard (1...1 << 10).contains(chunkLength) else {
      throw TorchError("a chunk of \(chunkLength) actions can't be decoded; 1 to 1024 can")
    }
    let vocabulary = 0..<network.configuration.language.vocabularySize
    guard prompt.count > 1, prompt.first == network.configuration.beginToken else {
      throw TorchError("the prompt does not begin with token \(network.configuration.beginToken)")
    }
    if let token = (prompt + [Self.endToken]).first(where: { !vocabulary.contains($0) }) {
      throw TorchError("token \(token) is not in the vocabulary \(vocabulary)")
    }
    guard state?.count == projector?.stateLength else {
      let needed = projector.map { "\($0.stateLength) numbers" } ?? "none"
      throw TorchError(
        "proprioception of \(state.map { "\($0.count) numbers" } ?? "none") where the checkpoint takes \(needed)"
      )
    }
  }
}
