import Testing

@testable import Torch

@Suite("Products of a few bfloat16 rows")
struct FewRowsTests {
  private func normal(_ shape: [Int], _ seed: UInt64) -> Tensor {
    Tensor(
      Initializer.normal(standardDeviation: 1).values(shape: shape, seed: seed, name: "n"),
      shape: shape
    ).to(.bfloat16)
  }

  /// The weight is large enough to be served by the products of our own; the slow sum is float64's.
  @Test("each number is the sum rounded once to bfloat16", arguments: [1, 3, 4])
  func sums(rows: Int) throws {
    let (outputs, inputs) = (1035, 1037)
    let (weight, bias) = (normal([outputs, inputs], 1), normal([outputs], 2))
    let x = normal([1, rows, inputs], 3)
    let answers = try withoutGradient { try checked { x.linear(weight, bias) } }
    #expect(answers.shape == [1, rows, outputs])
    #expect(answers.dtype == .bfloat16)
    let numbers = try answers.to(.float32).floats()
    let exact = try x.to(.float64).linear(weight.to(.float64), bias.to(.float64)).doubles()
    for (number, exact) in zip(numbers, exact) {
      // Half of bfloat16's last place, and what float32 sums lose where terms cancel.
      #expect(abs(Double(number) - exact) <= abs(exact) / 256 + 1e-3)
    }
  }

  @Test("a row's answer does not depend on those beside it, and gradients still flow")
  func rowsAndGradients() throws {
    let weight = normal([1024, 1024], 1)
    let x = normal([4, 1024], 2)
    withoutGradient {
      let one = x.narrowed(0, 2..<3).linear(weight)
      #expect(one.isIdentical(to: x.linear(weight).narrowed(0, 2..<3)))
    }
    x.requiresGradient = true
    try x.linear(weight).to(.float32).sum().backward()
    #expect(x.gradient != nil)
  }
}
