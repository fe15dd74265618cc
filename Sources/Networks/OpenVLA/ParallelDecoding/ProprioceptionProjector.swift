import Torch

/// Makes what a robot feels of itself into one token: two linear layers with a GELU between, as in OpenVLA-OFT
/// (`ProprioProjector` in the published code).
public final class ProprioceptionProjector {
  /// Numbers of a state.
  public let stateLength: Int
  private let first: Linear
  private let second: Linear

  /// The projector that `checkpoint` holds; `width` is that of a token.
  public init(_ checkpoint: Checkpoint, width: Int, dtype: DType, device: Device) throws {
    guard let shape = checkpoint.shape(of: "fc1.weight"), shape.count == 2,
      (1...1 << 20).contains(shape[1])
    else {
      throw TorchError("\(checkpoint.folder.path): holds no matrix fc1.weight")
    }
    stateLength = shape[1]
    let scope = ParameterSource(checkpoint, dtype: dtype, device: device).root
    first = try Linear(scope["fc1"], input: stateLength, output: width)
    second = try Linear(scope["fc2"], input: width, output: width)
  }

  /// `[B, width]` for normalized states `[B, stateLength]`.
  public func callAsFunction(_ state: Tensor) -> Tensor { second(first(state).gelu()) }
}
