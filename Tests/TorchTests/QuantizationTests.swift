import Testing

@testable import Torch

@Suite("Weights in few bits")
struct QuantizationTests {
  private func weight(_ output: Int, _ input: Int) throws -> Tensor {
    Tensor(
      Initializer.normal(standardDeviation: 0.3).values(
        shape: [output, input], seed: 1, name: "w"), shape: [output, input])
  }

  private func identity(_ size: Int) -> Tensor {
    Tensor(
      (0..<size * size).map { $0 % (size + 1) == 0 ? Float(1) : 0 }, shape: [size, size])
  }

  /// A layer's answers to unit vectors are its weight.
  private func kept(_ weight: Tensor, _ quantization: WeightQuantization) throws -> [Float] {
    let rounded = try QuantizedWeight(weight, quantization)
    return try rounded.linear(identity(weight.size(1)), nil).transposed(0, 1).contiguous()
      .floats()
  }

  @Test("8 bits keep each number within half a step of its row")
  func int8() throws {
    let weight = try weight(48, 96)
    let values = try weight.floats()
    let rounded = try kept(weight, .int8)
    for row in 0..<48 {
      let range = row * 96..<(row + 1) * 96
      let step = (values[range].map(abs).max() ?? 0) / 127
      for index in range { #expect(abs(values[index] - rounded[index]) <= step * 0.501) }
    }
  }

  @Test("4 bits keep each number within half a step of its group")
  func int4() throws {
    let weight = try weight(32, 128)
    let values = try weight.floats()
    let rounded = try kept(weight, .int4)
    let size = WeightQuantization.groupSize
    for start in stride(from: 0, to: values.count, by: size) {
      let group = values[start..<start + size]
      let step = ((group.max() ?? 0) - (group.min() ?? 0)) / 15
      for index in group.indices {
        // The kernel sums in bfloat16 or float32, whichever the processor has.
        #expect(abs(values[index] - rounded[index]) <= step * 0.55 + 0.01)
      }
    }
    #expect(Set(rounded[0..<size]).count <= 16)
  }

  @Test("many rows give what few give, with a bias and any shape before the last")
  func rows() throws {
    let weight = try weight(64, 64)
    let bias = Tensor((0..<64).map { Float($0) / 64 })
    let x = Tensor(
      Initializer.normal(standardDeviation: 1).values(
        shape: [4, 50, 64], seed: 2, name: "x"), shape: [4, 50, 64])
    for quantization in WeightQuantization.allCases {
      let layer = try QuantizedWeight(weight, quantization)
      let all = try checked { layer.linear(x, bias) }
      #expect(all.shape == [4, 50, 64])
      let one = layer.linear(x.narrowed(1, 7..<8), bias)
      let difference = try (all.narrowed(1, 7..<8) - one).absolute().max().item()
      #expect(difference < 0.02, "\(quantization)")
      let plain = x.linear(weight, bias)
      let error = try (all - plain).absolute().mean().item()
      #expect(error < (quantization == .int8 ? 0.02 : 0.25), "\(quantization): \(error)")
    }
  }

  @Test("weights that do not divide into groups are kept in 8 bits")
  func fallsBack() throws {
    #expect(try QuantizedWeight(weight(24, 64), .int4).byteCount == 24 * 64 + 24 * 4)
    #expect(try QuantizedWeight(weight(32, 65), .int4).byteCount == 32 * 65 + 32 * 4)
    #expect(try QuantizedWeight(weight(32, 64), .int4).byteCount == 32 * 32 + 32 * 2 * 4)
  }
}
