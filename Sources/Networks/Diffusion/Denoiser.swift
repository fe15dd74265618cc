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

  /// What the layers attend to, which does not change while a chunk is denoised.
  struct Memory {
    /// Each layer's keys and values, `[B, S, 2 · width]`.
    let keyValues: [Tensor]
    /// `[B, 1, 1, S]`, −∞ on padding.
    let mask: Tensor
    /// Where the policy is pointing, `[B, width]`.
    let place: Tensor?
  }

  func memory(of conditioning: DiffusionPolicyNetwork.Conditioning) -> Memory {
    Memory(
      keyValues: layers.map { $0.keyValue(conditioning.memory) }, mask: conditioning.mask,
      place: conditioning.place)
  }

  /// - Parameters:
  ///   - actions: `[B, M, T, actionWidth]`, M noised chunks for each of B situations.
  ///   - timesteps: B · M numbers, or one for all.
  ///   - memory: what each situation shows, as `memory(of:)` prepares it.
  /// - Returns: the predicted noise, of the shape of `actions`.
  func callAsFunction(
    _ actions: Tensor, timesteps: [Int], memory: Memory
  ) -> Tensor {
    let (batch, draws, width) = (actions.size(0), actions.size(1), configuration.width)
    let time = time2(time1(timeFeatures(timesteps).to(actions.device)).mish())
      .reshaped(timesteps.count == 1 ? [1, 1, 1, width] : [batch, draws, 1, width])
    var x = input(actions) + positions + time
    if let place = memory.place { x = x + place.reshaped([batch, 1, 1, width]) }
    for (layer, keyValue) in zip(layers, memory.keyValues) {
      x = layer(x, keyValue: keyValue, mask: memory.mask)
    }
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

  /// What `callAsFunction` takes of a memory `[B, S, width]`.
  func keyValue(_ memory: Tensor) -> Tensor { cross.keyValue(of: memory) }

  /// `x` is `[B, M, T, width]`.
  func callAsFunction(_ x: Tensor, keyValue: Tensor, mask: Tensor) -> Tensor {
    let shape = x.shape
    guard shape.count == 4 else { return x }
    let chunks = [shape[0] * shape[1], shape[2], shape[3]]
    let perSituation = [shape[0], shape[1] * shape[2], shape[3]]
    var x = x + own(norm1(x).reshaped(chunks)).reshaped(shape)
    // All draws of a situation ask the same memory.
    x =
      x
      + cross(norm2(x).reshaped(perSituation), keyValue: keyValue, mask: mask).reshaped(shape)
    return x + mlp(norm3(x))
  }
}
