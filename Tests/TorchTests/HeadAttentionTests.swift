import Testing

@testable import Torch

/// Attention head by head while its scores are in the cache, against one product over all rows with a mask, in float64.
@Suite("Attention head by head", .serialized)
struct HeadAttentionTests {
  struct Shape: CustomTestStringConvertible, Sendable {
    var layout: PackedLayout
    var heads: Int
    var keyValueHeads: Int
    var width: Int
    var hasPrefixQueries = true

    var rows: Int { layout.prefixRowCount + layout.segmentRowCount }
    var testDescription: String {
      "\(layout.batch) of \(layout.prefixLength) + \(layout.segmentCount) × "
        + "\(layout.segmentLength) tokens, "
        + "\(heads) to \(keyValueHeads) heads of \(width)"
        + (hasPrefixQueries ? "" : ", continuations alone")
    }
  }

  /// Whole panels of 32 columns and parts of one, in the prefix, in a continuation and in the width of a head.
  static let shapes = [
    Shape(layout: .init(batch: 2, prefixLength: 97), heads: 2, keyValueHeads: 2, width: 32),
    Shape(
      layout: .init(batch: 2, prefixLength: 33, segmentCount: 3, segmentLength: 9), heads: 4,
      keyValueHeads: 2, width: 32),
    Shape(
      layout: .init(batch: 1, prefixLength: 64, segmentCount: 2, segmentLength: 32), heads: 2,
      keyValueHeads: 2, width: 64),
    Shape(
      layout: .init(batch: 3, prefixLength: 1, segmentCount: 2, segmentLength: 34), heads: 2,
      keyValueHeads: 1, width: 5),
    Shape(
      layout: .init(batch: 2, prefixLength: 31, segmentCount: 1, segmentLength: 1), heads: 3,
      keyValueHeads: 3, width: 40, hasPrefixQueries: false),
    Shape(
      layout: .init(batch: 1, prefixLength: 300, segmentCount: 1, segmentLength: 2), heads: 1,
      keyValueHeads: 1, width: 16),
  ]

  private func normal(_ shape: [Int], _ seed: UInt64, _ dtype: DType = .float32) -> Tensor {
    let x = Tensor(
      Initializer.normal(standardDeviation: 1).values(shape: shape, seed: seed, name: "n"),
      shape: shape
    ).to(dtype)
    x.requiresGradient = true
    return x
  }

  /// Queries, keys and values.
  private func inputs(_ shape: Shape, _ dtype: DType) -> [Tensor] {
    [shape.heads, shape.keyValueHeads, shape.keyValueHeads].enumerated().map { index, heads in
      normal([shape.rows, heads, shape.width], UInt64(index), dtype)
    }
  }

  /// What is asked of the output, so that each element's gradient is its own.
  private func asked(of output: Tensor) -> Tensor {
    normal(output.shape, 9, output.dtype)
  }

  /// The output and the gradients of queries, keys and values.
  private func attended(_ shape: Shape) throws -> [Tensor] {
    let x = inputs(shape, .float32)
    let output = x[0].packedAttention(
      key: x[1], value: x[2], layout: shape.layout, hasPrefixQueries: shape.hasPrefixQueries,
      scale: 0.3)
    try output.backward(from: asked(of: output).detached())
    return [output] + x.map { $0.gradient ?? .zeros([0]) }
  }

  /// −∞ where row i does not see row j.
  private func mask(_ layout: PackedLayout) -> Tensor {
    let count = layout.prefixRowCount + layout.segmentRowCount
    /// Entry, continuation (nil: the prefix) and place in it.
    func place(_ row: Int) -> (entry: Int, segment: Int?, place: Int) {
      if row < layout.prefixRowCount {
        return (row / layout.prefixLength, nil, row % layout.prefixLength)
      }
      let segment = (row - layout.prefixRowCount) / layout.segmentLength
      return (
        segment / layout.segmentCount, segment, (row - layout.prefixRowCount) % layout.segmentLength
      )
    }
    let values = (0..<count).flatMap { query in
      (0..<count).map { key -> Float in
        let (asking, seen) = (place(query), place(key))
        guard asking.entry == seen.entry else { return -.infinity }
        if seen.segment == nil, asking.segment != nil { return 0 }
        return asking.segment == seen.segment && seen.place <= asking.place ? 0 : -.infinity
      }
    }
    return Tensor(values, shape: [count, count]).to(.float64)
  }

  @Test("is attention over all rows, gradients too", arguments: shapes)
  func agrees(shape: Shape) throws {
    let x = inputs(shape, .float64)
    func dense(_ rows: Tensor) -> Tensor {
      let repeats = shape.heads / rows.size(1)
      return rows.transposed(0, 1).unsqueezed(1)
        .expanded([rows.size(1), repeats, shape.rows, shape.width])
        .reshaped([1, shape.heads, shape.rows, shape.width])
    }
    var output = dense(x[0]).attention(
      key: dense(x[1]), value: dense(x[2]), scale: 0.3, mask: mask(shape.layout)
    ).selected(0, 0).transposed(0, 1).reshaped([shape.rows, -1])
    if !shape.hasPrefixQueries {
      output = output.narrowed(0, shape.layout.prefixRowCount..<shape.rows)
    }
    try output.backward(from: asked(of: output).detached())
    let expected = try [output] + x.map { try #require($0.gradient) }
    for (actual, exact) in zip(try attended(shape), expected) {
      #expect(actual.shape == exact.shape)
      let largest = try (actual.to(.float64) - exact).absolute().max().item()
      #expect(largest < 1e-5 * max(1, try exact.absolute().max().item()))
    }
  }

  @Test("has the same bits with any instructions of the processor", arguments: shapes)
  func instructions(shape: Shape) throws {
    defer { limitProductInstructions(to: .all) }
    let answers = try ProductInstructions.allCases.map { instructions in
      limitProductInstructions(to: instructions)
      return try attended(shape)
    }
    for other in answers.dropFirst() {
      for (a, b) in zip(answers[0], other) { #expect(a.isIdentical(to: b)) }
    }
  }

  // MARK: - Every query to every key

  struct Cross: CustomTestStringConvertible, Sendable {
    var queries: Int
    var keys: Int
    var width: Int
    var isMasked: Bool
    var testDescription: String {
      "\(queries) queries to \(keys) keys of \(width)" + (isMasked ? ", some hidden" : "")
    }
  }

  static let crosses = [
    Cross(queries: 97, keys: 97, width: 32, isMasked: true),
    Cross(queries: 32, keys: 81, width: 32, isMasked: true),
    Cross(queries: 1, keys: 1, width: 1, isMasked: false),
    Cross(queries: 9, keys: 300, width: 40, isMasked: true),
    Cross(queries: 64, keys: 33, width: 5, isMasked: false),
  ]

  /// The output and the gradients of queries, keys and values, whose heads lie side by side in memory.
  private func attended(_ shape: Cross, _ dtype: DType) throws -> [Tensor] {
    let (batch, heads) = (2, 3)
    let x = [shape.queries, shape.keys, shape.keys].enumerated().map { index, count in
      normal([batch, count, heads, shape.width], UInt64(index), dtype)
    }
    let hidden = (0..<batch * shape.keys).map { Float($0 % 3 == 1 ? -Float.infinity : 0.5) }
    let mask = shape.isMasked ? Tensor(hidden, shape: [batch, 1, 1, shape.keys]).to(dtype) : nil
    let output = x[0].transposed(1, 2).attention(
      key: x[1].transposed(1, 2), value: x[2].transposed(1, 2), scale: 0.3, mask: mask)
    try output.backward(from: asked(of: output).detached())
    return try [output] + x.map { try #require($0.gradient) }
  }

  @Test("is what float64 gives step by step, gradients too", arguments: crosses)
  func crossAgrees(shape: Cross) throws {
    for (actual, exact) in zip(
      try attended(shape, .float32), try attended(shape, .float64))
    {
      #expect(actual.shape == exact.shape)
      let largest = try (actual.to(.float64) - exact).absolute().max().item()
      #expect(largest < 1e-5 * max(1, try exact.absolute().max().item()))
    }
  }

  @Test("of every query has the same bits with any instructions", arguments: crosses)
  func crossInstructions(shape: Cross) throws {
    defer { limitProductInstructions(to: .all) }
    let answers = try ProductInstructions.allCases.map { instructions in
      limitProductInstructions(to: instructions)
      return try attended(shape, .float32)
    }
    for other in answers.dropFirst() {
      for (a, b) in zip(answers[0], other) { #expect(a.isIdentical(to: b)) }
    }
  }
}
