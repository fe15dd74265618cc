/// `y = x Wᵀ + b` over the last dimension; `weight` is `[output, input]`, with a low-rank change where one is attached.
public final class Linear {
  private enum Weight {
    case plain(Tensor)
    case quantized(QuantizedWeight)
  }

  private let weight: Weight
  public let bias: Tensor?
  private let update: LowRankUpdate?

  public init(
    _ scope: ParameterScope, input: Int, output: Int, hasBias: Bool = true,
    initializer: Initializer = .fanIn()
  ) throws {
    if let quantization = scope.source.quantization {
      weight = .quantized(
        try scope.quantizedWeight("weight", [output, input], initializer, quantization))
    } else {
      weight = .plain(try scope.parameter("weight", [output, input], initializer))
    }
    bias = hasBias ? try scope.parameter("bias", [output], .zeros) : nil
    update = try scope.lowRankUpdate(of: "weight", [output, input])
  }

  /// The weight, where it is the whole of what the layer multiplies by.
  public var plainWeight: Tensor? {
    if case .plain(let weight) = weight, update == nil, bias == nil { weight } else { nil }
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let y =
      switch weight {
      case .plain(let weight): x.linear(weight, bias)
      case .quantized(let weight): weight.linear(x, bias)
      }
    return update.map { y + $0(x) } ?? y
  }
}

/// Normalization to mean 0 and variance 1 over the last dimension (Ba, Kiros and Hinton, 2016).
public final class LayerNorm {
  public let weight: Tensor
  public let bias: Tensor
  public let epsilon: Double

  public init(_ scope: ParameterScope, width: Int, epsilon: Double = 1e-6) throws {
    weight = try scope.parameter("weight", [width], .ones)
    bias = try scope.parameter("bias", [width], .zeros)
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.layerNormalized(weight, bias, epsilon: epsilon)
  }
}

/// Division by the root mean square over the last dimension (Zhang and Sennrich, 2019).
public final class RMSNorm {
  public let weight: Tensor
  public let epsilon: Double

  public init(_ scope: ParameterScope, width: Int, epsilon: Double = 1e-6) throws {
    weight = try scope.parameter("weight", [width], .ones)
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.rmsNormalized(weight, epsilon: epsilon)
  }
}

/// A table of `[count, width]` that integers of any shape look up.
public final class Embedding {
  public let weight: Tensor

  public init(
    _ scope: ParameterScope, count: Int, width: Int,
    initializer: Initializer = .normal(standardDeviation: 0.5)
  ) throws {
    weight = try scope.parameter("weight", [count, width], initializer)
  }

  public func callAsFunction(_ indices: Tensor) -> Tensor { weight.embedding(indices) }
}
