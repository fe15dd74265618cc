internal import CTorch

/// How the weights of linear layers are kept while a network runs.
public enum WeightQuantization: String, Hashable, Sendable, CaseIterable {
  /// One scale for each output, symmetric.
  case int8
  /// A scale and a zero for each group of 64 inputs; weights that do not divide so, and all that are not on the CPU, are kept as
  /// `int8`.
  case int4

  /// Inputs that share a scale in 4 bits.
  static let groupSize = 64
}

/// A linear layer's weight in 8 or 4 bits: read at that size and multiplied at the input's precision (weight-only
/// quantization, as in Dettmers and others, 2022).
final class QuantizedWeight {
  private enum Storage {
    /// `[output, input]` and `[output]`.
    case int8(values: Tensor, scales: Tensor)
    /// Packed as libtorch's kernel wants it, and `[input / group, output, 2]`.
    case int4(packed: Tensor, scalesAndZeros: Tensor)
  }

  private let storage: Storage
  /// Bytes that the weight takes.
  let byteCount: Int

  /// - Parameter weight: `[output, input]`, on the CPU for `int4`.
  init(_ weight: Tensor, _ quantization: WeightQuantization) throws {
    let (output, input) = (weight.size(0), weight.size(1))
    let group = WeightQuantization.groupSize
    var first: OpaquePointer?
    var second: OpaquePointer?
    if quantization == .int4, input % group == 0, output % 16 == 0, weight.device == .cpu {
      _ = ctorch_quantize_int4(weight.handle, Int64(group), &first, &second)
      let (packed, scalesAndZeros) = (Tensor(owning: first), Tensor(owning: second))
      storage = .int4(packed: packed, scalesAndZeros: scalesAndZeros)
      byteCount = output * input / 2 + scalesAndZeros.count * scalesAndZeros.dtype.byteCount
    } else {
      _ = ctorch_quantize_int8(weight.handle, &first, &second)
      let (values, scales) = (Tensor(owning: first), Tensor(owning: second))
      storage = .int8(values: values, scales: scales)
      byteCount = output * input + scales.count * scales.dtype.byteCount
    }
    try throwRecordedFailure()
  }

  func linear(_ x: Tensor, _ bias: Tensor?) -> Tensor {
    switch storage {
    case .int8(let values, let scales):
      Tensor(
        owning: ctorch_int8_linear(
          x.handle, values.handle, scales.handle, bias?.handle, bias != nil))
    case .int4(let packed, let scalesAndZeros):
      Tensor(
        owning: ctorch_int4_linear(
          x.handle, packed.handle, Int64(WeightQuantization.groupSize), scalesAndZeros.handle,
          bias?.handle, bias != nil))
    }
  }
}
