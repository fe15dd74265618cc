import Testing

@testable import Torch

/// Products, attention and activations that give a row the same bits whatever its company.
@Suite("Operations by rows", .serialized)
struct RowProductTests {
  private func normal(_ shape: [Int], _ seed: UInt64) -> Tensor {
    Tensor(
      Initializer.normal(standardDeviation: 1).values(shape: shape, seed: seed, name: "n"),
      shape: shape)
  }

  struct Shape: CustomTestStringConvertible, Sendable {
    var rows: Int
    var inputs: Int
    var outputs: Int
    var testDescription: String { "\(rows) rows, \(inputs) to \(outputs)" }
  }

  /// Whole panels and parts of one, one block of the inner dimension and several, one element.
  static let shapes = [
    Shape(rows: 1, inputs: 128, outputs: 384), Shape(rows: 97, inputs: 128, outputs: 384),
    Shape(rows: 13, inputs: 2352, outputs: 256), Shape(rows: 5, inputs: 257, outputs: 33),
    Shape(rows: 50, inputs: 24, outputs: 7), Shape(rows: 1, inputs: 1, outputs: 1),
    Shape(rows: 64, inputs: 384, outputs: 128),
  ]

  @Test("products are the sums that float64 gives", arguments: shapes)
  func sums(shape: Shape) throws {
    let x = normal([shape.rows, shape.inputs], 1)
    let weight = normal([shape.outputs, shape.inputs], 2)
    let bias = normal([shape.outputs], 3)
    let answers = try withoutGradient { try x.linear(weight, bias).doubles() }
    let exact = try x.to(.float64).linear(weight.to(.float64), bias.to(.float64)).doubles()
    // Each of the terms is rounded to 24 bits once.
    let tolerance = Double(shape.inputs) * 2e-7 + 1e-6
    #expect(zip(answers, exact).allSatisfy { abs($0 - $1) < tolerance })
  }

  @Test("products have the same bits with any instructions of the processor", arguments: shapes)
  func instructions(shape: Shape) throws {
    defer { limitProductInstructions(to: .all) }
    let x = normal([shape.rows, shape.inputs], 1)
    let weight = normal([shape.outputs, shape.inputs], 2)
    let answers = ProductInstructions.allCases.map { instructions in
      limitProductInstructions(to: instructions)
      return withoutGradient { x.linear(weight) }
    }
    for other in answers.dropFirst() { #expect(answers[0].isIdentical(to: other)) }
  }

  @Test("a row's product does not depend on the others, nor on threads", arguments: shapes)
  func rows(shape: Shape) throws {
    let earlier = threadCount
    defer { setThreadCount(earlier) }
    let x = normal([shape.rows, shape.inputs], 1)
    let weight = normal([shape.outputs, shape.inputs], 2)
    withoutGradient {
      setThreadCount(1)
      let all = x.linear(weight)
      setThreadCount(2)
      #expect(all.isIdentical(to: x.linear(weight)))
      for row in [0, shape.rows / 2, shape.rows - 1] {
        let own = row..<row + 1
        #expect(x.narrowed(0, own).linear(weight).isIdentical(to: all.narrowed(0, own)))
      }
    }
  }

  // MARK: - bfloat16

  /// The nearest number of 8 bits, to the even one of two; 0 below 2⁻⁵⁶.
  private static func rounded(_ x: Float) -> Float {
    guard abs(x) >= 0x1p-56 else { return 0 }
    let bits = x.bitPattern
    return Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000)
  }

  /// Numbers of very different sizes, some of them too small to count.
  private func varied(_ shape: [Int], _ seed: UInt64) throws -> [Float] {
    try normal(shape, seed).floats().enumerated().map { index, value in
      index % 7 == 3 ? value * Float(sign: .plus, exponent: -(index % 90), significand: 1) : value
    }
  }

  @Test("bfloat16 products are chains of pairs, with any instructions", arguments: shapes)
  func pairs(shape: Shape) throws {
    defer { limitProductInstructions(to: .all) }
    let (inputs, outputs) = (shape.inputs, shape.outputs)
    let x = try varied([shape.rows, inputs], 1)
    let weight = try varied([outputs, inputs], 2)
    let bias = try varied([outputs], 3)
    // What is meant, for the first and the last row.
    func sum(_ row: Int, _ output: Int) -> Float {
      var sum: Float = 0
      for k in stride(from: 0, to: inputs, by: 2) {
        for term in [k + 1, k] where term < inputs {
          sum.addProduct(
            Self.rounded(x[row * inputs + term]), Self.rounded(weight[output * inputs + term]))
        }
      }
      return sum + bias[output]
    }
    let meant = [0, shape.rows - 1].flatMap { row in (0..<outputs).map { sum(row, $0) } }
    let (rows, weights) = (
      Tensor(x, shape: [shape.rows, inputs]), Tensor(weight, shape: [outputs, inputs])
    )
    for instructions in ProductInstructions.allCases {
      limitProductInstructions(to: instructions)
      let computed = withoutGradient {
        withProducts(in: .bfloat16) { rows.linear(weights, Tensor(bias)) }
      }
      let (first, last) = (
        computed.narrowed(0, 0..<1), computed.narrowed(0, shape.rows - 1..<shape.rows)
      )
      #expect(try first.floats() + last.floats() == meant)
      let alone = withoutGradient {
        withProducts(in: .bfloat16) { rows.narrowed(0, 0..<1).linear(weights, Tensor(bias)) }
      }
      #expect(alone.isIdentical(to: first))
    }
  }

  @Test("a weight serves both precisions in turn, and numbers that are none stay so")
  func bothPrecisions() throws {
    let (x, weight) = (normal([3, 16], 1), normal([8, 16], 2))
    func product(_ precision: ProductPrecision) -> Tensor {
      withoutGradient { withProducts(in: precision) { x.linear(weight) } }
    }
    let (exact, reduced) = (product(.float32), product(.bfloat16))
    #expect(!exact.isIdentical(to: reduced))
    #expect(product(.float32).isIdentical(to: exact))
    #expect(product(.bfloat16).isIdentical(to: reduced))
    for strange in [Float.nan, .infinity, -.infinity] {
      let row = Tensor([1, strange, 2, 3], shape: [1, 4])
      let answers = try withoutGradient {
        try withProducts(in: .bfloat16) { try row.linear(Tensor.full([2, 4], value: 1)).floats() }
      }
      #expect(answers.allSatisfy { strange.isNaN ? $0.isNaN : $0 == strange })
    }
  }

  @Test("a weight that was changed in place is read anew")
  func changes() throws {
    let (x, weight) = (normal([3, 16], 1), normal([8, 16], 2))
    try withoutGradient {
      let before = x.linear(weight)
      weight.assign(weight * 2)
      let (earlier, now) = (try before.floats(), try x.linear(weight).floats())
      #expect(now == earlier.map { $0 * 2 })
    }
  }

  @Test("gradients flow where they are recorded")
  func gradients() throws {
    let (x, weight) = (normal([3, 16], 1), normal([8, 16], 2))
    weight.requiresGradient = true
    try x.linear(weight).sum().backward()
    #expect(weight.gradient?.shape == [8, 16])
  }

  @Test("attention agrees with the composed one, and a row's does not depend on the others")
  func attention() throws {
    for (queries, keys, width) in [(1, 9, 8), (7, 40, 32), (33, 33, 24), (64, 64, 32)] {
      let query = normal([3, 2, queries, width], 1)
      let (key, value) = (normal([3, 2, keys, width], 2), normal([3, 2, keys, width], 3))
      let flags = (0..<3 * keys).map { Float($0 % 5 == 1 ? -Float.infinity : 0) }
      let mask = Tensor(flags, shape: [3, 1, 1, keys])
      let all = withoutGradient { query.attention(key: key, value: value, scale: 0.3, mask: mask) }
      let exact = query.to(.float64).attention(
        key: key.to(.float64), value: value.to(.float64), scale: 0.3, mask: mask.to(.float64))
      #expect(all.shape == exact.shape)
      #expect(try checked { try (all.to(.float64) - exact).absolute().max().item() } < 1e-5)
      withoutGradient {
        let own = 1..<2
        let alone = query.narrowed(0, own).attention(
          key: key.narrowed(0, own), value: value.narrowed(0, own), scale: 0.3,
          mask: mask.narrowed(0, own))
        #expect(alone.contiguous().isIdentical(to: all.narrowed(0, own).contiguous()))
      }
    }
  }

  @Test("attention to a cache is attention to what it holds, whatever its length")
  func cache() throws {
    let (rows, heads, groups, width) = (3, 4, 2, 8)
    let positions = [0, 4, 6]
    let query = normal([rows, heads, width], 1)
    let (key, value) = (normal([rows, groups, width], 2), normal([rows, groups, width], 3))
    func answers(length: Int) throws -> [Float] {
      let (keys, values) = (
        normal([rows, 7, groups, width], 4), normal([rows, 7, groups, width], 5)
      )
      let padding = Tensor.full([rows, length - 7, groups, width], value: 100)
      let (keyCache, valueCache) = (
        Tensor.concatenated([keys, padding], dimension: 1),
        Tensor.concatenated([values, padding], dimension: 1)
      )
      return try withoutGradient {
        try checked {
          let attended = query.cachedAttention(
            key: key, value: value, keyCache: keyCache, valueCache: valueCache,
            positions: positions, scale: 0.4)
          for (row, position) in positions.enumerated() {
            let seen = 0..<position + 1
            func own(_ cache: Tensor) -> Tensor {
              cache.narrowed(0, row..<row + 1).narrowed(1, seen).transposed(1, 2)
            }
            func repeated(_ x: Tensor) -> Tensor {
              Tensor.concatenated(
                (0..<heads).map { x.narrowed(1, $0 / 2..<$0 / 2 + 1) }, dimension: 1)
            }
            let expected = query.narrowed(0, row..<row + 1).unsqueezed(2).to(.float64).attention(
              key: repeated(own(keyCache)).to(.float64),
              value: repeated(own(valueCache)).to(.float64), scale: 0.4)
            let difference =
              attended.narrowed(0, row..<row + 1).to(.float64)
              - expected.reshaped([1, heads * width])
            let largest = try difference.absolute().max().item()
            #expect(largest < 1e-5)
          }
          return try attended.floats()
        }
      }
    }
    #expect(try answers(length: 8) == answers(length: 20))
    withoutGradient {
      let cache = normal([rows, 7, groups, width], 4)
      let attended = query.cachedAttention(
        key: key, value: value, keyCache: cache, valueCache: cache, positions: [0, 1, 7],
        scale: 1)
      #expect(attended.isPoisoned)
    }
    #expect(throws: TorchError.self) { try throwRecordedFailure() }
  }

  @Test("the exact GELU, alike wherever an element stands")
  func gelu() throws {
    let values = (0..<1000).map { Float($0 - 500) / 60 }
    let acted = try withoutGradient { try Tensor(values).gelu().floats() }
    let exact = try Tensor(values).to(.float64).gelu().doubles()
    #expect(zip(acted, exact).allSatisfy { abs(Double($0) - $1) < 2e-6 })
    let shifted = try withoutGradient { try Tensor(Array(values.dropFirst(3))).gelu().floats() }
    #expect(shifted == Array(acted.dropFirst(3)))
  }

  @Test("softmax is that of float64, and a row's does not depend on the others")
  func softmax() throws {
    for width in [1, 7, 16, 64, 97] {
      let x = normal([5, 2, width], 6) * 4
      let all = withoutGradient { x.softmax(-1) }
      let exact = x.to(.float64).softmax(-1)
      let largest = try checked { try (all.to(.float64) - exact).absolute().max().item() }
      #expect(largest < 1e-6)
      withoutGradient {
        let alone = x.narrowed(0, 3..<4).contiguous().softmax(-1)
        #expect(alone.isIdentical(to: all.narrowed(0, 3..<4).contiguous()))
      }
    }
    // As libtorch says of a row without any hope.
    let hopeless = try withoutGradient {
      try Tensor([-Float.infinity, -.infinity]).softmax(-1).floats()
    }
    let areNaN = hopeless.allSatisfy(\.isNaN)
    #expect(areNaN)
  }
}
