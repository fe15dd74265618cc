internal import CTorch

/// How the weights of linear layers are kept while a network runs.
///
/// A scale and a least value, both bfloat16, belong to each 128 inputs of an output. Runs on the CPU only.
public enum WeightQuantization: String, Hashable, Sendable, CaseIterable {
  case int8
  case int4

  /// Inputs that share a scale.
  static let groupSize = 128
  var bits: Int { self == .int4 ? 4 : 8 }
}

/// A linear layer's weight in 8 or 4 bits.
///
/// Products round their inputs to 8 bits beside weights of 4 and to 16 bits beside weights of 8, each group with a scale of
/// its own, and sum whole numbers within a group: that is what processors multiply fastest. A row's answer depends on that row
/// alone.
final class QuantizedWeight {
  let quantization: WeightQuantization
  let outputCount: Int
  let inputCount: Int
  private let values: Tensor
  private let parameters: Tensor

  /// - Parameter weight: `[output, input]`, on the CPU.
  init(_ weight: Tensor, _ quantization: WeightQuantization) throws {
    self.quantization = quantization
    (outputCount, inputCount) = (weight.size(0), weight.size(1))
    var values: OpaquePointer?
    var parameters: OpaquePointer?
    _ = ctorch_quantize(weight.handle, Int64(quantization.bits), &values, &parameters)
    (self.values, self.parameters) = (Tensor(owning: values), Tensor(owning: parameters))
    try throwRecordedFailure()
  }

  /// Bytes that the weight takes.
  var byteCount: Int { values.count + parameters.count * parameters.dtype.byteCount }

  /// `x · weightᵀ + bias`, over the last dimension of `x`.
  ///
  /// - Parameter isPortable: Leaves out instructions that not all processors have; the answer is the same to the bit.
  func linear(_ x: Tensor, _ bias: Tensor?, isPortable: Bool = false) -> Tensor {
    guard x.isPoisoned || x.rank > 0 && x.size(-1) == inputCount else {
      return .failure("an input of shape \(x.shape) for a weight of \(inputCount) inputs")
    }
    return Tensor(
      owning: ctorch_quantized_linear(
        x.handle, values.handle, parameters.handle, Int64(quantization.bits), Int64(outputCount),
        bias?.handle, bias != nil, isPortable))
  }

  /// The float32 weight `[output, input]` that the kept numbers stand for.
  func dequantized() -> Tensor {
    Tensor(
      owning: ctorch_dequantized(
        values.handle, parameters.handle, Int64(quantization.bits), Int64(outputCount),
        Int64(inputCount)))
  }
}
