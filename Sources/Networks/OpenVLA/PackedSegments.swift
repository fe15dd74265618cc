import Torch

/// K texts for each of B images, ready for one packed training pass.
public struct PackedSegments {
  /// `[B, K, L]`, padded on the right; without the begin token, which belongs to the shared prefix.
  public let tokens: Tensor
  /// Flat indices into B · K · L of the positions that carry a target, `[N]`.
  public let positions: Tensor
  /// The token that should follow at each of `positions`, `[N]`.
  public let targets: Tensor
  /// The weight of each target in the loss, `[N]`; nil weighs them alike.
  public let weights: Tensor?
  /// Those targets that are bins of a scale; nil where none is.
  let scaled: ScaledTargets?

  /// - Parameters:
  ///   - tokens: `[B][K][…]`: prompt and answer without the begin token; B and K the same throughout,
  ///     lengths may differ.
  ///   - targets: as many as tokens: what should follow each token, or -1 where that does not count. With
  ///     text t₀…tₙ₋₁ after the begin token pass `tokens` t₀…tₙ₋₂ and `targets` t₁…tₙ₋₁, -1 in the prompt.
  ///   - weights: as many as tokens; those without a target are ignored.
  ///   - scales: tokens that are bins of a scale: near misses of these are told from far ones.
  ///   - length: L, for batches of constant shape; nil takes the longest text's.
  public init(
    tokens: [[[Int]]], targets: [[[Int]]], weights: [[[Float]]]? = nil,
    scales: [TokenScale] = [], length: Int? = nil, padToken: Int = 0
  ) throws {
    let segmentCount = tokens.first?.count ?? 0
    guard segmentCount > 0, tokens.allSatisfy({ $0.count == segmentCount }) else {
      throw TorchError("every image needs the same number of texts, at least one")
    }
    guard tokens.map({ $0.map(\.count) }) == targets.map({ $0.map(\.count) }),
      weights == nil || weights?.map({ $0.map(\.count) }) == tokens.map({ $0.map(\.count) })
    else { throw TorchError("tokens, targets and weights must have the same lengths") }
    let longest = tokens.joined().map(\.count).max() ?? 0
    let length = length ?? longest
    guard longest <= length, length > 0 else {
      throw TorchError("a text of \(longest) tokens does not fit in a length of \(length)")
    }
    var flat = [Int64](
      repeating: Int64(padToken), count: tokens.count * segmentCount * length)
    var positions: [Int64] = []
    var labels: [Int64] = []
    var labelWeights: [Float] = []
    for (row, text) in tokens.joined().enumerated() {
      let (image, segment) = row.quotientAndRemainder(dividingBy: segmentCount)
      for (column, token) in text.enumerated() {
        flat[row * length + column] = Int64(token)
        let target = targets[image][segment][column]
        guard target >= 0 else { continue }
        positions.append(Int64(row * length + column))
        labels.append(Int64(target))
        if let weights { labelWeights.append(weights[image][segment][column]) }
      }
    }
    guard !labels.isEmpty else { throw TorchError("no text has a target") }
    self.tokens = Tensor(flat, shape: [tokens.count, segmentCount, length])
    self.positions = Tensor(positions)
    self.targets = Tensor(labels)
    self.weights = weights == nil ? nil : Tensor(labelWeights)
    scaled = ScaledTargets(
      labels.map(Int.init), scales: scales,
      weights: weights == nil ? labels.map { _ in 1 } : labelWeights)
    try throwRecordedFailure()
  }
}

extension PackedSegments {
  /// The weighted mean cross-entropy of all targets, from their logits `[N, vocabulary]`.
  func loss(of logits: Tensor) -> Tensor {
    let logits = logits.to(.float32)
    let targets = targets.to(logits.device)
    let weights = weights?.to(logits.device)
    guard let scaled else { return logits.crossEntropy(targets, weights: weights) }
    return scaled.loss(of: logits, targets: targets)
  }
}

extension OpenVLA {
  /// Logits `[B, K, L, vocabulary]` of K texts per image; `tokens` `[B, K, L]`, padded on the right and
  /// without the begin token.
  ///
  /// The same numbers as K plain passes over `[begin] [patches] [text]`, with the prefix computed once.
  public func packedLogits(pixelValues: Tensor, tokens: Tensor) -> Tensor {
    let tokens = tokens.to(language.device)
    let hidden = language.packedHidden(
      prefix: prefix(patchFeatures: patchFeatures(pixelValues)), segments: language.embed(tokens))
    return language.logits(hidden).reshaped(tokens.shape + [configuration.language.vocabularySize])
  }

  /// Logits `[N, vocabulary]` of the positions of `segments` that carry a target.
  public func targetLogits(patchFeatures: Tensor, _ segments: PackedSegments) -> Tensor {
    let hidden = language.packedHidden(
      prefix: prefix(patchFeatures: patchFeatures),
      segments: language.embed(segments.tokens.to(language.device)),
      kept: segments.positions.to(language.device))
    return language.logits(hidden)
  }

  /// The weighted mean cross-entropy of all targets: a scalar to back-propagate.
  public func packedLoss(pixelValues: Tensor, _ segments: PackedSegments) -> Tensor {
    packedLoss(patchFeatures: patchFeatures(pixelValues), segments)
  }

  /// The same from features already computed, for training other heads on them in the same step.
  public func packedLoss(patchFeatures: Tensor, _ segments: PackedSegments) -> Tensor {
    segments.loss(of: targetLogits(patchFeatures: patchFeatures, segments))
  }

  /// The same, and how well chosen tokens look at chosen patches: for each gaze the mean cross-entropy of one
  /// attention head of its layer over all that the token sees.
  public func packedLoss(
    patchFeatures: Tensor, _ segments: PackedSegments, looking: [PatchGaze]
  ) -> (tokens: Tensor, gazes: [Tensor]) {
    let device = language.device
    let probes = looking.map {
      AttentionProbe(
        positions: $0.positions.to(device), images: $0.images.to(device),
        texts: $0.texts.to(device), mask: $0.mask.to(device),
        layersBeforeLast: $0.layersBeforeLast)
    }
    let hidden = language.packedHidden(
      prefix: prefix(patchFeatures: patchFeatures),
      segments: language.embed(segments.tokens.to(device)),
      kept: segments.positions.to(device), probes: probes)
    let tokens = segments.loss(of: language.logits(hidden))
    let gazes = zip(probes, looking).map { probe, gaze in
      guard let scores = probe.scores else {
        return Tensor.failure(
          "a model of \(configuration.language.layerCount) layers has none \(gaze.layersBeforeLast) "
            + "before its last to look with")
      }
      return scores.to(.float32).crossEntropy(gaze.patches.to(device))
    }
    return (tokens, gazes)
  }
}

/// Which patch some tokens of packed segments should look at.
public struct PatchGaze {
  /// Flat indices into B · K · L of the tokens, `[N]`.
  public let positions: Tensor
  /// The image of each, `[N]`.
  public let images: Tensor
  /// The text of each, into B · K, `[N]`.
  let texts: Tensor
  /// `[N, L]`, 0 where a token of its text comes no later, else very low.
  let mask: Tensor
  /// What each should look at, as a place in the prefix: the patch, row-major from the top left, after the begin
  /// token, `[N]`.
  let patches: Tensor
  /// The decoder layer that looks, counted back from the last.
  public let layersBeforeLast: Int

  /// - Parameters:
  ///   - tokens: for each token its image, its text, its place in the text, and its patch.
  ///   - layersBeforeLast: which decoder layer looks, at least 1: the last one says what was seen.
  public init(
    _ tokens: [(image: Int, segment: Int, column: Int, patch: Int)], in segments: PackedSegments,
    layersBeforeLast: Int
  ) {
    self.layersBeforeLast = layersBeforeLast
    let (segmentCount, length) = (segments.tokens.size(1), segments.tokens.size(2))
    positions = Tensor(
      tokens.map { ($0.image * segmentCount + $0.segment) * length + $0.column })
    images = Tensor(tokens.map(\.image))
    texts = Tensor(tokens.map { $0.image * segmentCount + $0.segment })
    mask = Tensor(
      tokens.flatMap { token in (0..<length).map { $0 <= token.column ? Float(0) : -1e9 } },
      shape: [tokens.count, length])
    patches = Tensor(tokens.map { $0.patch + 1 })
  }
}
