import Foundation
import Torch

/// The transformer of Diffusion Policy (Chi and others, 2023, §III): predicts the noise in an action chunk.
///
/// Actions are tokens that attend to each other and to what the camera and the instruction say. The timestep
/// and where the policy is pointing are added to every action token.
final class Denoiser {
  private let input: Linear
  private let positions: Tensor
  private let time1: Linear
  private let time2: Linear
  private let layers: [DenoiserLayer]
  private let norm: LayerNorm
  private let output: Linear
  private let configuration: DiffusionPolicyConfiguration

  init(_ scope: ParameterScope, _ configuration: DiffusionPolicyConfiguration) throws {
    let width = configuration.width
    self.configuration = configuration
    input = try Linear(scope["input"], input: configuration.actionWidth, output: width)
    positions = try scope.parameter(
      "pos_embed", [configuration.horizon, width], .normal(standardDeviation: 0.5))
    time1 = try Linear(scope["time"]["fc1"], input: width, output: width)
    time2 = try Linear(scope["time"]["fc2"], input: width, output: width)
    layers = try (0..<configuration.decoderLayerCount).map {
      try DenoiserLayer(scope["layers"][$0], configuration)
    }
    norm = try LayerNorm(scope["norm"], width: width)
    output = try Linear(
      scope["output"], input: width, output: configuration.actionWidth,
      initializer: .normal(standardDeviation: 0.02))
  }

  /// - Parameters:
  ///   - actions: `[B, M, T, actionWidth]`, M noised chunks for each of B situations.
  ///   - timesteps: B · M numbers.
  ///   - memory: `[B, S, width]`, what each situation shows; `mask` `[B, 1, 1, S]`.
  ///   - place: `[B, width]`, where the policy is pointing.
  /// - Returns: the predicted noise, of the shape of `actions`.
  func callAsFunction(
    _ actions: Tensor, timesteps: [Int], memory: Tensor, mask: Tensor, place: Tensor?
  ) -> Tensor {
    let (batch, draws, width) = (actions.size(0), actions.size(1), configuration.width)
    let time = time2(time1(timeFeatures(timesteps).to(actions.device)).mish())
      .reshaped([batch, draws, 1, width])
    var x = input(actions) + positions + time
    if let place { x = x + place.reshaped([batch, 1, 1, width]) }
    for layer in layers { x = layer(x, memory: memory, mask: mask) }
    return output(norm(x))
  }

  /// Sines and cosines of the timesteps, `[count, width]` (Vaswani and others, 2017).
  private func timeFeatures(_ timesteps: [Int]) -> Tensor {
    let half = configuration.width / 2
    var values: [Float] = []
    values.reserveCapacity(timesteps.count * 2 * half)
    for timestep in timesteps {
      let angles = (0..<half).map { channel in
        Double(timestep) * pow(10_000, -Double(channel) / Double(max(1, half - 1)))
      }
      values.append(contentsOf: angles.map { Float(sin($0)) })
      values.append(contentsOf: angles.map { Float(cos($0)) })
    }
    return Tensor(values, shape: [timesteps.count, 2 * half])
  }
}

/// Self-attention within a chunk, cross-attention to the memory, MLP; pre-norm.
private final class DenoiserLayer {
  private let norm1: LayerNorm
  private let own: SelfAttention
  private let norm2: LayerNorm
  private let cross: CrossAttention
  private let norm3: LayerNorm
  private let mlp: MultilayerPerceptron

  init(_ scope: ParameterScope, _ configuration: DiffusionPolicyConfiguration) throws {
    let (width, heads) = (configuration.width, configuration.heads)
    let residual = residualInitializer(depth: configuration.decoderLayerCount)
    norm1 = try LayerNorm(scope["norm1"], width: width)
    own = try SelfAttention(scope["attn"], width: width, heads: heads, residual: residual)
    norm2 = try LayerNorm(scope["norm2"], width: width)
    cross = try CrossAttention(scope["cross"], width: width, heads: heads, residual: residual)
    norm3 = try LayerNorm(scope["norm3"], width: width)
    mlp = try MultilayerPerceptron(
      scope["mlp"], width: width, hidden: configuration.mlpWidth, residual: residual)
  }

  /// `x` is `[B, M, T, width]`.
  func callAsFunction(_ x: Tensor, memory: Tensor, mask: Tensor) -> Tensor {
    let shape = x.shape
    guard shape.count == 4 else { return x }
    let chunks = [shape[0] * shape[1], shape[2], shape[3]]
    let perSituation = [shape[0], shape[1] * shape[2], shape[3]]
    var x = x + own(norm1(x).reshaped(chunks)).reshaped(shape)
    // All draws of a situation ask the same memory, so its keys and values are computed once.
    x =
      x
      + cross(norm2(x).reshaped(perSituation), memory: memory, mask: mask).reshaped(shape)
    return x + mlp(norm3(x))
  }
}
