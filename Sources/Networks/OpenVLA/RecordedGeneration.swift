import Torch

/// Decoding that never leaves its device: every shape and position is settled beforehand, tokens are chosen on the device,
/// and on a CUDA device the whole of it, image to last token, is recorded once and replayed for each action.
///
/// `OpenVLA.generate` reads each token back before it makes the next, and starts thousands of small kernels one by one: on a
/// GPU it waits for the processor most of the time. The choices are the same to rounding.
///
/// ```swift
/// let generation = try RecordedGeneration(network, promptLengths: [22], tokenCount: 7)
/// let tokens = try generation.tokens(pixelValues: pixels, prompts: [prompt])
/// ```
public final class RecordedGeneration {
  private let network: OpenVLA
  private let promptLengths: [Int]
  private let tokenCount: Int
  private let allowed: [Range<Int>?]
  private let choices: [TokenChoice]
  private let layers: [LlamaLayer.JoinedWeights?]
  private let constants: Constants
  /// What the recorded work reads.
  private let pixelValues: Tensor
  private let promptTokens: Tensor
  /// `[rows, 2 · tokenCount]`, what it writes: each row's tokens, and for each whether the logits behind it are numbers.
  private var answers: Tensor
  private var work: RecordedWork?

  /// Indices and masks, on the device.
  private struct Constants {
    var beginTokens: Tensor
    var prefillRotation: Rotation
    var lastTokens: Tensor
    var stepRotations: [Rotation]
    /// Nil where all prompts are of one length.
    var masks: [Tensor]?
    var bins: [Tensor]
  }

  /// - Parameters:
  ///   - promptLengths: of each row, begin token included; rows are padded to the longest.
  ///   - allowed: the range of tokens that step i may choose from; nil, or beyond the end: all.
  ///   - choices: how step i chooses; beyond the end: the likeliest.
  ///   - joinsWeights: keeps a second copy of most of the language model's weights, for fewer and larger products.
  public init(
    _ network: OpenVLA, promptLengths: [Int], tokenCount: Int, allowed: [Range<Int>?] = [],
    choices: [TokenChoice] = [], joinsWeights: Bool = true
  ) throws {
    guard let longest = promptLengths.max(), promptLengths.allSatisfy({ $0 > 1 }), tokenCount > 0
    else { throw TorchError("recorded generation needs prompts of two tokens or more, and a step") }
    self.network = network
    self.promptLengths = promptLengths
    self.tokenCount = tokenCount
    self.allowed = allowed
    self.choices = choices
    let (language, vision) = (network.language, network.vision)
    let (rows, side) = (promptLengths.count, vision.transformers[0].configuration.imageSize)
    let length = vision.patchCount + longest
    guard length + tokenCount <= language.configuration.maximumLength else {
      throw TorchError("\(length + tokenCount) tokens are more than the model has positions for")
    }
    layers =
      joinsWeights
      ? withoutGradient { language.layers.map { $0.joinedWeights() } }
      : language.layers.map { _ in nil }
    let device = language.device
    func onDevice(_ values: [Int]) -> Tensor { Tensor(values).to(device) }
    let ends = promptLengths.map { vision.patchCount + $0 }
    let isEven = Set(promptLengths).count == 1
    constants = Constants(
      beginTokens: onDevice(Array(repeating: network.configuration.beginToken, count: rows)),
      prefillRotation: language.rotary((0..<rows).flatMap { _ in 0..<length }),
      lastTokens: onDevice(ends.enumerated().map { $0 * length + $1 - 1 }),
      stepRotations: (0..<tokenCount).map { step in language.rotary(ends.map { $0 + step }) },
      masks: isEven
        ? nil
        : (0..<tokenCount).map { step in
          let flags = ends.flatMap { end in
            (0...length + step).map { $0 < end || $0 >= length ? 0 : -Float.infinity }
          }
          return Tensor(flags, shape: [rows, 1, 1, length + step + 1]).to(language.dtype).to(device)
        },
      bins: (0..<tokenCount).map { step in
        let range =
          (step < allowed.count ? allowed[step] : nil) ?? 0..<language.configuration.vocabularySize
        return Tensor((0..<range.count).map(Float.init)).to(device)
      })
    pixelValues = .zeros(
      [rows, vision.channelCount, side, side], dtype: language.dtype, device: device)
    promptTokens = .zeros([rows, longest - 1], dtype: .int64, device: device)
    answers = .zeros([rows, 2 * tokenCount], dtype: .int64, device: device)
    try throwRecordedFailure()
    guard case .cuda = device else { return }
    // Libraries choose their ways and take their memory when first asked, which can't be recorded.
    for _ in 0..<2 { answers = try withoutGradient { try checked { computed() } } }
    try synchronize(device)
    work = try RecordedWork { answers = try withoutGradient { try checked { computed() } } }
  }

  /// The tokens after each image and prompt, `[B][tokenCount]`; nil for a row whose logits are not all finite numbers.
  public func tokens(pixelValues: Tensor, prompts: [[Int]]) throws -> [[Int]?] {
    guard prompts.map(\.count) == promptLengths, pixelValues.shape == self.pixelValues.shape else {
      throw TorchError(
        "prompts of \(prompts.map(\.count)) tokens and pixel values \(pixelValues.shape) are not what was recorded: "
          + "\(promptLengths), \(self.pixelValues.shape)")
    }
    let width = promptTokens.size(1)
    let flat = prompts.flatMap { prompt in
      prompt.dropFirst()
        + Array(repeating: network.configuration.padToken, count: width + 1 - prompt.count)
    }
    return try withoutGradient {
      try checked {
        self.pixelValues.assign(pixelValues)
        promptTokens.assign(Tensor(flat, shape: [prompts.count, width]))
        if let work { try work.replay() } else { answers = computed() }
        let all = try answers.integers()
        return stride(from: 0, to: all.count, by: 2 * tokenCount).map { start in
          let (tokens, flags) = (
            start..<start + tokenCount, start + tokenCount..<start + 2 * tokenCount
          )
          return all[flags].allSatisfy { $0 == 1 } ? Array(all[tokens]) : nil
        }
      }
    }
  }

  // MARK: - On the device alone

  private func computed() -> Tensor {
    let language = network.language
    let rows = promptLengths.count
    let begin = language.embed(constants.beginTokens).unsqueezed(1)
    let patches = network.projector(network.vision(pixelValues))
    var x = Tensor.concatenated([begin, patches, language.embed(promptTokens)], dimension: 1)
    let length = x.size(1)
    x = x.reshaped([-1, language.configuration.width])
    var caches: [(key: Tensor, value: Tensor)] = []
    for (index, layer) in language.layers.enumerated() {
      let heads = heads(index, x, constants.prefillRotation)
      let (key, value) = (language.split(heads.key, rows), language.split(heads.value, rows))
      caches.append((buffer(key), buffer(value)))
      let attended = language.joined(
        language.split(heads.query, rows).fusedAttention(
          key: language.repeated(key), value: language.repeated(value),
          scale: language.attentionScale, isCausal: true))
      let isLast = index == language.layers.count - 1
      x =
        isLast
        ? finish(layer, index, x.rows(constants.lastTokens), attended.rows(constants.lastTokens))
        : finish(layer, index, x, attended)
    }
    var chosen: [Tensor] = []
    var flags: [Tensor] = []
    for step in 0..<tokenCount {
      let range =
        (step < allowed.count ? allowed[step] : nil) ?? 0..<language.configuration.vocabularySize
      let logits = language.logits(x).narrowed(-1, range).to(.float32)
      let token = choice(step, logits) + Double(range.lowerBound)
      chosen.append(token)
      // Zero times anything that is no finite number is NaN, and stays so in a sum.
      flags.append((logits * 0).sum([-1]).equal(0).to(.int64))
      guard step + 1 < tokenCount else { break }
      x = decoded(language.embed(token), step: step, slot: length + step, caches)
    }
    return .concatenated((chosen + flags).map { $0.unsqueezed(1) }, dimension: 1)
  }

  /// One further token per row.
  private func decoded(
    _ embeddings: Tensor, step: Int, slot: Int, _ caches: [(key: Tensor, value: Tensor)]
  ) -> Tensor {
    let language = network.language
    let rows = promptLengths.count
    var x = embeddings
    for (index, layer) in language.layers.enumerated() {
      let heads = heads(index, x, constants.stepRotations[step])
      let cache = caches[index]
      cache.key.narrowed(2, slot..<slot + 1).assign(language.split(heads.key, rows))
      cache.value.narrowed(2, slot..<slot + 1).assign(language.split(heads.value, rows))
      let seen = 0..<slot + 1
      let attended = language.split(heads.query, rows).fusedAttention(
        key: language.repeated(cache.key.narrowed(2, seen)),
        value: language.repeated(cache.value.narrowed(2, seen)), scale: language.attentionScale,
        mask: constants.masks?[step])
      x = finish(layer, index, x, language.joined(attended))
    }
    return x
  }

  private func heads(_ index: Int, _ x: Tensor, _ rotation: Rotation) -> LlamaLayer.Heads {
    let layer = network.language.layers[index]
    return layers[index].map { layer.heads(x, rotation, $0) } ?? layer.heads(x, rotation)
  }

  private func finish(_ layer: LlamaLayer, _ index: Int, _ x: Tensor, _ attended: Tensor) -> Tensor
  {
    layers[index].map { layer.finish(x, attended: attended, $0) }
      ?? layer.finish(x, attended: attended)
  }

  /// Room for the prompt and what follows it.
  private func buffer(_ prompt: Tensor) -> Tensor {
    var shape = prompt.shape
    let length = shape[2]
    shape[2] += max(0, tokenCount - 1)
    let buffer = Tensor.zeros(shape, dtype: prompt.dtype, device: prompt.device)
    buffer.narrowed(2, 0..<length).assign(prompt)
    return buffer
  }

  /// The chosen column of each row of `logits` `[rows, columns]`: one that there is, whatever the logits are.
  private func choice(_ step: Int, _ logits: Tensor) -> Tensor {
    let columns = 0...Double(logits.size(-1) - 1)
    switch step < choices.count ? choices[step] : .likeliest {
    case .likeliest: return logits.argmax(-1)
    case .mean:
      let mean = (logits.softmax(-1) * constants.bins[step]).sum([-1])
      return (mean + 0.5).to(.int64).clamped(columns)
    case .median:
      let sums = logits.softmax(-1).cumulativeSum(-1)
      return sums.less(0.5).to(.int64).sum([-1]).clamped(columns)
    }
  }
}
