import Testing
import Torch

/// Linear layers that multiply in bfloat16: near the float32 product, in value and gradients, and only where asked for.
///
/// On a processor without bfloat16 instructions both are the same, which these bounds allow.
@Suite("Products in bfloat16")
struct ReducedPrecisionTests {
  /// Smoothly varied numbers in [−1, 1].
  static func values(_ shape: [Int], _ salt: Int) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor(
      (0..<count).map { Float(($0 * 7919 + salt * 104_729) % 2003) / 1001.5 - 1 }, shape: shape)
  }

  struct Pass {
    var output: Tensor
    var gradients: [Tensor]
  }

  static func pass(_ precision: ProductPrecision, hasBias: Bool) throws -> Pass {
    let x = values([4, 16, 48], 1)
    let weight = values([24, 48], 2)
    let bias = values([24], 3)
    let leaves = hasBias ? [x, weight, bias] : [x, weight]
    for leaf in leaves { leaf.requiresGradient = true }
    let output = withProducts(in: precision) { x.linear(weight, hasBias ? bias : nil) }
    try (output * values([4, 16, 24], 4)).sum().backward()
    return Pass(output: output, gradients: leaves.map { $0.gradient ?? .zeros([0]) })
  }

  static func difference(_ a: Tensor, _ b: Tensor) throws -> Double {
    try (a - b).absolute().max().item() / b.absolute().max().item()
  }

  @Test("agree with float32 to bfloat16's eight bits", arguments: [false, true])
  func agree(hasBias: Bool) throws {
    let exact = try Self.pass(.float32, hasBias: hasBias)
    let reduced = try Self.pass(.bfloat16, hasBias: hasBias)
    #expect(reduced.output.shape == exact.output.shape)
    #expect(reduced.output.dtype == .float32)
    #expect(try Self.difference(reduced.output, exact.output) < 1.0 / 128)
    for (a, b) in zip(reduced.gradients, exact.gradients) {
      #expect(a.shape == b.shape)
      #expect(try Self.difference(a, b) < 1.0 / 128)
    }
  }

  @Test("a frozen weight gets no gradient, and the input the one it had")
  func frozenWeight() throws {
    let gradients = try [true, false].map { isTrained in
      let (x, weight) = (Self.values([4, 16, 48], 1), Self.values([24, 48], 2))
      x.requiresGradient = true
      weight.requiresGradient = isTrained
      try withProducts(in: .bfloat16) { x.linear(weight) }.squared().sum().backward()
      #expect((weight.gradient != nil) == isTrained)
      return try #require(x.gradient)
    }
    #expect(gradients[0].isIdentical(to: gradients[1]))
  }

  @Test("end with the scope that asked for them")
  func scope() throws {
    let before = try Self.pass(.float32, hasBias: true)
    _ = try Self.pass(.bfloat16, hasBias: true)
    let after = try Self.pass(.float32, hasBias: true)
    #expect(after.output.isIdentical(to: before.output))
  }
}
