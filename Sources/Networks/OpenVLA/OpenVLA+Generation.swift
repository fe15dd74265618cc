import Torch

/// What greedy decoding chose, and how sure it was.
public struct Generation: Sendable {
  /// The chosen tokens, `[B][count]`.
  public var tokens: [[Int]]
  /// Whether all logits behind a row's tokens were numbers; the tokens mean nothing where they were not.
  public var isFinite: [Bool]
  /// The logits behind each token, `[B][count][allowed]`, where asked for.
  public var logits: [[[Float]]] = []

  /// No tokens yet for so many rows.
  init(rowCount: Int, keepsLogits: Bool) {
    tokens = Array(repeating: [], count: rowCount)
    isFinite = Array(repeating: true, count: rowCount)
    if keepsLogits { logits = Array(repeating: [], count: rowCount) }
  }
}

/// How a token is chosen from its probabilities.
public enum TokenChoice: String, Hashable, Sendable, Codable, CaseIterable {
  /// The likeliest, as published.
  case likeliest
  /// The middle of the distribution over the allowed tokens, which are bins of a scale in order.
  ///
  /// Demonstrations that mostly say "about here" in many bins and sometimes say one bin exactly (0, say) have that one for
  /// their likeliest; the median is where half of them are on either side, and errs least in absolute value.
  case median
  /// The allowed token nearest to the mean of the distribution: of two ways to go it goes between.
  case mean
}

extension TokenChoice {
  /// The chosen column of each row of `logits` `[rows, columns]`; nil where a logit of the row is no finite number.
  func indices(in logits: Tensor) throws -> [Int?] {
    let chosen =
      switch self {
      case .likeliest: try logits.argmax(-1).integers()
      case .median: try rows(of: logits).map(Self.middle)
      case .mean: try rows(of: logits).map(Self.mean)
      }
    return zip(chosen, try logits.finiteRows()).map { $1 ? $0 : nil }
  }

  private static func mean(of probabilities: ArraySlice<Float>) -> Int {
    let mean = probabilities.enumerated().reduce(0) {
      $0 + Double($1.offset) * Double($1.element)
    }
    guard mean.isFinite else { return 0 }
    return min(probabilities.count - 1, max(0, Int(mean.rounded())))
  }

  private static func middle(of probabilities: ArraySlice<Float>) -> Int {
    var sum: Float = 0
    for (column, probability) in probabilities.enumerated() {
      sum += probability
      if sum >= 0.5 { return column }
    }
    return probabilities.count - 1
  }

  private func rows(of logits: Tensor) throws -> [ArraySlice<Float>] {
    let columns = logits.size(-1)
    let probabilities = try logits.to(.float32).softmax(-1).floats()
    return stride(from: 0, to: probabilities.count, by: columns).map {
      probabilities[$0..<$0 + columns]
    }
  }
}

extension OpenVLA {
  /// Continues each prompt by `tokenCount` tokens, by default greedily.
  ///
  /// In float32 on the CPU every operation treats each row alone, so a row's result is the same to the bit whatever else
  /// is in the batch. Otherwise rows run in groups of constant size and padded length (`trestle.rows`,
  /// `trestle.prompt_length` of the configuration), to the same end. A published configuration has neither; its rows run
  /// together as they are.
  ///
  /// - Parameters:
  ///   - images: as a camera gives them, or normalized `[B, 6, side, side]`.
  ///   - prompts: B lists of tokens, each with the begin token first, as the tokenizer makes them.
  ///   - allowed: the range of tokens that step i may choose from; nil, or beyond the end: all.
  ///   - choices: how step i chooses; beyond the end: the likeliest.
  ///   - keepsLogits: also returns the logits of the allowed tokens.
  public func generate(
    images: VisionInput, prompts: [[Int]], tokenCount: Int, allowed: [Range<Int>?] = [],
    choices: [TokenChoice] = [], keepsLogits: Bool = false
  ) throws -> Generation {
    try check(images: images, prompts: prompts, tokenCount: tokenCount, allowed: allowed)
    var result = Generation(rowCount: prompts.count, keepsLogits: keepsLogits)
    let groups = groups(prompts)
    let generations = try sideBySide(groups) { group in
      let rows = group.rows + Array(repeating: group.rows[0], count: group.padding)
      return try acting {
        try checked {
          try generate(
            images: images.rows(rows), prompts: rows.map { prompts[$0] },
            promptLength: group.promptLength,
            tokenCount: tokenCount, allowed: allowed, choices: choices, keepsLogits: keepsLogits)
        }
      }
    }
    for (group, generated) in zip(groups, generations) {
      for (index, row) in group.rows.enumerated() {
        result.tokens[row] = generated.tokens[index]
        result.isFinite[row] = generated.isFinite[index]
        if keepsLogits { result.logits[row] = generated.logits[index] }
      }
    }
    return result
  }

  /// The same for normalized images, `[B, 6, side, side]`.
  public func generate(
    pixelValues: Tensor, prompts: [[Int]], tokenCount: Int, allowed: [Range<Int>?] = [],
    choices: [TokenChoice] = [], keepsLogits: Bool = false
  ) throws -> Generation {
    try generate(
      images: .normalized(pixelValues), prompts: prompts, tokenCount: tokenCount,
      allowed: allowed, choices: choices, keepsLogits: keepsLogits)
  }

  /// Runs `body` without recording gradients, with linear layers multiplying as the network says.
  func acting<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withoutGradient { try withProducts(in: products, body) }
  }

  // MARK: - Groups

  private struct Group {
    var rows: [Int]
    /// Rows to add so that the group has its constant size.
    var padding: Int
    /// Tokens to pad the prompts to, without the begin token.
    var promptLength: Int
  }

  /// Groups of constant size go side by side; a published model fills all threads with one.
  private func sideBySide(
    _ groups: [Group], _ generate: (Group) throws -> Generation
  ) throws -> [Generation] {
    guard configuration.own != nil else { return try groups.map(generate) }
    return try Torch.sideBySide(groups.count) { try generate(groups[$0]) }
  }

  /// Whether all operations of acting treat each row alone.
  var isByRows: Bool { language.dtype == .float32 && language.device == .cpu }

  private func groups(_ prompts: [[Int]]) -> [Group] {
    guard let own = configuration.own else {
      let length = prompts.map(\.count).max() ?? 1
      return prompts.isEmpty
        ? [] : [Group(rows: Array(prompts.indices), padding: 0, promptLength: length - 1)]
    }
    if isByRows {
      return evenGroups(of: prompts.count, atMost: own.rowCount).map { rows in
        let longest = rows.map { prompts[$0].count }.max() ?? 1
        return Group(rows: Array(rows), padding: 0, promptLength: max(1, longest - 1))
      }
    }
    let buckets = Dictionary(grouping: prompts.indices) { row in
      max(1, (prompts[row].count - 1 + own.promptLength - 1) / own.promptLength)
    }
    return buckets.sorted { $0.key < $1.key }.flatMap { multiple, rows in
      stride(from: 0, to: rows.count, by: own.rowCount).map { start in
        let members = Array(rows[start..<min(rows.count, start + own.rowCount)])
        return Group(
          rows: members, padding: own.rowCount - members.count,
          promptLength: multiple * own.promptLength)
      }
    }
  }

  private func generate(
    images: VisionInput, prompts: [[Int]], promptLength: Int, tokenCount: Int,
    allowed: [Range<Int>?], choices: [TokenChoice], keepsLogits: Bool
  ) throws -> Generation {
    let prefix = prefix(patchFeatures: patchFeatures(images))
    let prefixLength = vision.patchCount + 1
    var result = Generation(rowCount: prompts.count, keepsLogits: keepsLogits)

    let lengths = prompts.map { prefixLength + $0.count - 1 }
    let cache = KeyValueCache(
      promptLengths: lengths, promptLength: prefixLength + promptLength,
      capacity: max(0, tokenCount - 1), isByRows: isByRows)
    let padded = prompts.flatMap { prompt in
      prompt.dropFirst()
        + Array(repeating: configuration.padToken, count: promptLength + 1 - prompt.count)
    }
    let text = language.embed(
      Tensor(padded, shape: [prompts.count, promptLength]).to(language.device))
    var hidden = language.prefill(
      .concatenated([prefix, text], dimension: 1), lengths: lengths, cache: cache)

    for step in 0..<tokenCount {
      var logits = language.logits(hidden)
      let range = (step < allowed.count ? allowed[step] : nil) ?? 0..<logits.size(-1)
      logits = logits.narrowed(-1, range)
      let choice = step < choices.count ? choices[step] : .likeliest
      let columns = try choice.indices(in: logits)
      // A row without an answer goes on with any token, so that the others are computed as ever.
      let chosen = columns.map { ($0 ?? 0) + range.lowerBound }
      if keepsLogits {
        let values = try logits.floats()
        for row in prompts.indices {
          result.logits[row].append(
            Array(values[row * range.count..<(row + 1) * range.count]))
        }
      }
      for row in prompts.indices {
        result.tokens[row].append(chosen[row])
        if columns[row] == nil { result.isFinite[row] = false }
      }
      if step + 1 < tokenCount {
        hidden = language.decode(
          language.embed(Tensor(chosen).to(language.device)), cache: cache)
      }
    }
    return result
  }

  private func check(
    images: VisionInput, prompts: [[Int]], tokenCount: Int, allowed: [Range<Int>?]
  ) throws {
    try throwRecordedFailure()
    guard images.pixels.rank == 4, images.pixels.size(0) == prompts.count else {
      throw TorchError(
        "\(prompts.count) prompts for pixel values of shape \(images.pixels.shape)")
    }
    let vocabulary = 0..<configuration.language.vocabularySize
    for (row, prompt) in prompts.enumerated() {
      guard prompt.first == configuration.beginToken else {
        throw TorchError("prompt \(row) does not begin with token \(configuration.beginToken)")
      }
      if let token = prompt.first(where: { !vocabulary.contains($0) }) {
        throw TorchError("prompt \(row): token \(token) is not in the vocabulary \(vocabulary)")
      }
    }
    guard tokenCount > 0 else { throw TorchError("generate needs at least one token to make") }
    for case let range? in allowed {
      guard !range.isEmpty, vocabulary.contains(range.lowerBound),
        vocabulary.contains(range.upperBound - 1)
      else { throw TorchError("allowed tokens \(range) are not in the vocabulary \(vocabulary)") }
    }
  }
}
