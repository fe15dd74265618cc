import Testing

@testable import Torch

@Suite("Weights in few bits")
struct QuantizationTests {
  private func normal(_ shape: [Int], seed: UInt64 = 1, deviation: Double = 0.3) -> Tensor {
    Tensor(
      Initializer.normal(standardDeviation: deviation).values(shape: shape, seed: seed, name: "w"),
      shape: shape)
  }

  @Test(
    "each number is kept within half a step of its group", arguments: WeightQuantization.allCases)
  func keeps(_ quantization: WeightQuantization) throws {
    // Neither whole blocks of outputs nor whole groups of inputs.
    let (outputs, inputs) = (45, 150)
    let weight = normal([outputs, inputs])
    let values = try weight.floats()
    let kept = try QuantizedWeight(weight, quantization).dequantized().floats()
    let levels = Float((1 << quantization.bits) - 1)
    for output in 0..<outputs {
      for first in stride(from: 0, to: inputs, by: WeightQuantization.groupSize) {
        let count = min(WeightQuantization.groupSize, inputs - first)
        let range = output * inputs + first..<output * inputs + first + count
        let (low, high) = (values[range].min() ?? 0, values[range].max() ?? 0)
        // Scale and least value have bfloat16's eight digits: the ends of the range move by so much.
        let slack = max(abs(low), abs(high)) * 0.01
        for index in range {
          #expect(abs(values[index] - kept[index]) <= (high - low) / levels / 2 + slack)
        }
        #expect(Set(kept[range]).count <= 1 << quantization.bits)
      }
    }
  }

  /// The product by its definition: inputs rounded to 8 or 16 bits in groups, whole sums within a group.
  private func product(_ x: [Float], _ layer: QuantizedWeight) throws -> [Double] {
    let weight = try layer.dequantized().floats()
    let inputs = layer.inputCount
    let largest = layer.quantization == .int4 ? 127.0 : 127 * 256
    return (0..<layer.outputCount).map { output in
      stride(from: 0, to: inputs, by: WeightQuantization.groupSize).reduce(0) { sum, first in
        let group = first..<min(inputs, first + WeightQuantization.groupSize)
        let step = Double(x[group].map(abs).max() ?? 0) / largest
        // What the weights have in common multiplies the exact sum of the inputs.
        let least = group.map { Double(weight[output * inputs + $0]) }.min() ?? 0
        return group.reduce(sum) { sum, k in
          let rounded = step > 0 ? (Double(x[k]) / step).rounded() * step : 0
          return sum + (Double(weight[output * inputs + k]) - least) * rounded + least
            * Double(x[k])
        }
      }
    }
  }

  @Test("a product is what its definition says", arguments: WeightQuantization.allCases)
  func multiplies(_ quantization: WeightQuantization) throws {
    let weight = normal([70, 200])
    let layer = try QuantizedWeight(weight, quantization)
    let bias = Tensor((0..<70).map { Float($0) / 70 })
    let x = normal([3, 200], seed: 2, deviation: 1)
    let answers = try checked { try layer.linear(x, bias).floats() }
    let inputs = try x.floats()
    for row in 0..<3 {
      let expected = try product(Array(inputs[row * 200..<(row + 1) * 200]), layer)
      for output in 0..<70 {
        // An input halfway between two steps may round to either.
        let difference = Double(answers[row * 70 + output]) - expected[output] - Double(output) / 70
        #expect(
          abs(difference) < (quantization == .int4 ? 0.02 : 3e-4), "row \(row), output \(output)")
      }
    }
    let error = try (layer.linear(x, nil) - x.linear(weight)).absolute().mean().item()
    #expect(error < (quantization == .int8 ? 0.03 : 0.4))
  }

  @Test(
    "every processor and every number of rows give the same bits",
    arguments: WeightQuantization.allCases, [DType.float32, .bfloat16])
  func sameBits(_ quantization: WeightQuantization, _ dtype: DType) throws {
    let layer = try QuantizedWeight(normal([97, 1300]).to(dtype), quantization)
    let x = normal([2, 11, 1300], seed: 3, deviation: 2).to(dtype)
    let all = try checked { layer.linear(x, nil) }
    #expect(all.shape == [2, 11, 97])
    #expect(all.dtype == dtype)
    #expect(layer.linear(x, nil, isPortable: true).isIdentical(to: all))
    for count in [1, 2, 5, 6, 9] {
      let some = layer.linear(x.narrowed(1, 11 - count..<11), nil)
      #expect(some.isIdentical(to: all.narrowed(1, 11 - count..<11)), "\(count) rows")
    }
  }

  @Test("zero, constant and endless numbers")
  func extremes() throws {
    for quantization in WeightQuantization.allCases {
      let constant = Tensor([Float](repeating: 0.75, count: 32 * 64), shape: [32, 64])
      let layer = try QuantizedWeight(constant, quantization)
      #expect(layer.dequantized().isIdentical(to: constant))
      var numbers = [Float](repeating: 0.75, count: 32 * 64)
      numbers[70] = .nan
      numbers[5 * 64] = .infinity
      let flawed = try QuantizedWeight(Tensor(numbers, shape: [32, 64]), quantization)
      let kept = try flawed.dequantized().floats()
      #expect([64, 127, 5 * 64].allSatisfy { kept[$0].isNaN } && !kept[0].isNaN)
      let zero = Tensor([Float](repeating: 0, count: 64), shape: [1, 64])
      #expect(try layer.linear(zero, nil).floats().allSatisfy { $0 == 0 })
      let broken = Tensor([Float](repeating: .nan, count: 64), shape: [1, 64])
      #expect(try layer.linear(broken, nil).floats().allSatisfy(\.isNaN))
    }
  }

  @Test(
    "a weight of 4 bits takes 4.25 bits a number, one of 8 bits 8.25; another width is an error")
  func sizes() throws {
    #expect(try QuantizedWeight(normal([64, 128]), .int4).byteCount == 64 * 128 * 17 / 32)
    let layer = try QuantizedWeight(normal([64, 128]), .int8)
    #expect(layer.byteCount == 64 * 128 * 33 / 32)
    #expect(throws: TorchError.self) { try checked { layer.linear(normal([1, 60]), nil) } }
  }
}
