import Foundation
import Torch

/// A language-conditioned diffusion policy: denoises a chunk of actions given an image and an instruction.
///
/// After Chi and others, 2023, with the conditioning as a token sequence: patch features of the same vision
/// transformers as OpenVLA's and the instruction's tokens pass a small bidirectional encoder together. Where two frames are
/// seen, a patch's token holds both frames' features of its place, so that what moved can be told at each place; what the
/// robot felt in each is one token more. From these the
/// network points at the subgoal and the gripper in the image, and the denoising transformer, which cross-attends to the
/// tokens, is told the places, and where the configuration has it how far the hand has to turn: what location and pose tokens
/// are to the language model.
///
/// ```swift
/// let situation = network.conditioning(
///   Sight(patches: network.patchFeatures(pixels)), tokens: try network.padded(instructions))
/// let pointing = network.pointing(situation)
/// let loss = network.denoisingLoss(
///   network.pointed(situation, at: places), actions: actions, noise: noise, timesteps: steps)
///   + pointing.places.absoluteLoss(places)
/// ```
public final class DiffusionPolicyNetwork: Module {
  public let configuration: DiffusionPolicyConfiguration
  public let schedule: DiffusionSchedule
  public let vision: VisionBackbone
  public let parameters: [NamedTensor]
  private let patchProjection: Linear
  /// Of the frame before; nil where it is not seen.
  private let earlierProjection: Linear?
  /// Makes a token of what the robot feels; nil where it is not read.
  private let stateProjection: Linear?
  private let patchPositions: Tensor
  let tokenEmbedding: Embedding
  private let tokenPositions: Tensor
  private let encoder: [TransformerBlock]
  private let encoderNorm: LayerNorm
  let pointer: Linear
  let placeEmbedding: Linear
  /// How far the hand has to turn, as each patch has it, and what is made of it for the denoiser; nil where nobody says it.
  let turner: Linear?
  let turnEmbedding: Linear?
  /// What is made of the way from the hand to the subgoal; nil where nobody says it.
  let wayEmbedding: WayEmbedding?
  let denoiser: Denoiser

  public convenience init(
    _ configuration: DiffusionPolicyConfiguration, seed: UInt64, device: Device = .standard
  ) throws {
    try self.init(configuration, ParameterSource(seed: seed, device: device))
  }

  /// The network that `save` wrote into `folder`.
  public convenience init(folder: URL, device: Device = .standard) throws {
    let configuration: DiffusionPolicyConfiguration = try readConfiguration(
      folder.appendingPathComponent("config.json"), known: DiffusionPolicyConfiguration.knownKeys)
    let checkpoint = try Checkpoint(folder: folder)
    do {
      try self.init(configuration, ParameterSource(checkpoint, device: device))
    } catch let error as TorchError {
      throw error.naming(configurationIn: folder)
    }
  }

  public init(_ configuration: DiffusionPolicyConfiguration, _ source: ParameterSource) throws {
    try configuration.validate()
    self.configuration = configuration
    schedule = DiffusionSchedule(stepCount: configuration.trainingStepCount)
    let (root, width) = (source.root, configuration.width)
    vision = try VisionBackbone(root["vision_backbone"], configuration.vision)
    patchProjection = try Linear(root["patch_projection"], input: vision.width, output: width)
    earlierProjection =
      configuration.frameCount > 1
      ? try Linear(root["earlier_projection"], input: vision.width, output: width) : nil
    stateProjection = try configuration.stateSize.map {
      try Linear(
        root["state_projection"], input: configuration.frameCount * $0, output: width)
    }
    let positions = Initializer.normal(standardDeviation: 0.1)
    patchPositions = try root.parameter("patch_pos_embed", [vision.patchCount, width], positions)
    tokenEmbedding = try Embedding(
      root["embed_tokens"], count: configuration.vocabularySize, width: width)
    tokenPositions = try root.parameter(
      "token_pos_embed", [configuration.textLength, width], positions)
    encoder = try (0..<configuration.encoderLayerCount).map {
      try TransformerBlock(
        root["encoder"][$0], width: width, heads: configuration.heads,
        mlpWidth: configuration.mlpWidth, depth: configuration.encoderLayerCount)
    }
    encoderNorm = try LayerNorm(root["encoder_norm"], width: width)
    pointer = try Linear(
      root["pointer"], input: width, output: 3 * Self.placeCount,
      initializer: .normal(standardDeviation: 0.02))
    placeEmbedding = try Linear(root["place"], input: Self.featureCount, output: width)
    turner =
      configuration.tellsTurn == true
      ? try Linear(
        root["turner"], input: width, output: 2, initializer: .normal(standardDeviation: 0.02))
      : nil
    turnEmbedding =
      configuration.tellsTurn == true
      ? try Linear(root["turn"], input: Self.turnFeatureCount, output: width) : nil
    wayEmbedding =
      configuration.tellsWay == true
      ? try WayEmbedding(root[WayEmbedding.name], configuration) : nil
    denoiser = try Denoiser(root["denoiser"], configuration)
    try throwRecordedFailure()
    parameters = source.parameters
  }

  // MARK: - Conditioning

  /// What the policy knows of each situation.
  public struct Conditioning {
    /// Encoded tokens, `[B, patches + textLength, width]`, and one more where the robot's state is read.
    let memory: Tensor
    /// `[B, 1, 1, tokens]`, −∞ on padding.
    let mask: Tensor
    /// What the robot feels, `[B, frames · stateSize]`; nil where it is not read.
    let states: Tensor?
    /// Where the policy is pointing, `[B, width]`; nil before it points.
    var place: Tensor?
  }

  /// Patch features `[B, patches, vision.width]` of normalized images `[B, 6, side, side]`.
  public func patchFeatures(_ pixelValues: Tensor) -> Tensor {
    vision(pixelValues.to(tokenEmbedding.weight.device))
  }

  /// Instructions as `[B, textLength]`, padded on the right.
  public func padded(_ instructions: [[Int]]) throws -> Tensor {
    let length = configuration.textLength
    for (row, instruction) in instructions.enumerated() {
      guard instruction.count <= length else {
        throw TorchError(
          "instruction \(row) has \(instruction.count) tokens; \(length) are possible")
      }
      if let token = instruction.first(where: { !(0..<configuration.vocabularySize).contains($0) })
      {
        throw TorchError(
          "instruction \(row): token \(token) is not in 0..<\(configuration.vocabularySize)")
      }
    }
    let flat = instructions.flatMap {
      $0 + Array(repeating: configuration.padToken, count: length - $0.count)
    }
    return Tensor(flat, shape: [instructions.count, length])
  }

  /// Reads what is seen and felt and the instruction together; `tokens` come from `padded`.
  ///
  /// What is seen may repeat an image for several instructions: `Sight.rows(_:)`.
  public func conditioning(_ sight: Sight, tokens: Tensor) -> Conditioning {
    let weight = tokenEmbedding.weight
    let tokens = tokens.to(weight.device)
    let batch = tokens.size(0)
    let isPadding = tokens.equal(Double(configuration.padToken))
    let textMask = Tensor.zeros(tokens.shape, device: weight.device)
      .filled(where: isPadding, with: -.infinity)
    func visible(_ count: Int) -> Tensor { .zeros([batch, count], device: weight.device) }
    var masks = [visible(vision.patchCount), textMask]
    let text = tokenEmbedding(tokens) + tokenPositions
    var parts = [patches(sight), text]
    let states = stateProjection == nil ? nil : state(sight)
    if let stateProjection, let states {
      parts.append(stateProjection(states).unsqueezed(1))
      masks.append(visible(1))
    }
    let mask = Tensor.concatenated(masks, dimension: 1).unsqueezed(1).unsqueezed(1)
    let memory = encoder.reduce(.concatenated(parts, dimension: 1)) { $1($0, mask: mask) }
    return Conditioning(memory: encoderNorm(memory), mask: mask, states: states)
  }

  /// Tokens of the patches, `[B, patches, width]`.
  private func patches(_ sight: Sight) -> Tensor {
    let patches = patchProjection(sight.patches) + patchPositions
    guard let earlierProjection else { return patches }
    guard let earlier = sight.earlierPatches else {
      return .failure("the diffusion policy sees two frames, and was shown one")
    }
    return patches + earlierProjection(earlier)
  }

  /// What the robot feels, as one row a situation.
  private func state(_ sight: Sight) -> Tensor {
    let width = configuration.frameCount * (configuration.stateSize ?? 0)
    guard let states = sight.states, states.rank == 2, states.size(1) == width else {
      return .failure(
        "the diffusion policy reads \(width) numbers of proprioception in each situation, not "
          + "\(sight.states?.shape.dropFirst().map(String.init).joined(separator: "×") ?? "none")")
    }
    return states.to(tokenEmbedding.weight.device)
  }

  // MARK: - Training

  /// The noise that the network sees in `noisyActions` `[B, M, horizon, actionWidth]` at `timesteps`
  /// (B · M numbers).
  public func predictedNoise(
    _ conditioning: Conditioning, noisyActions: Tensor, timesteps: [Int]
  ) -> Tensor {
    denoiser(
      noisyActions, timesteps: timesteps, memory: denoiser.memory(of: conditioning))
  }

  /// The mean squared error of the predicted noise.
  ///
  /// - Parameters:
  ///   - actions: `[B, horizon, actionWidth]`, scaled to −1…1.
  ///   - noise: standard normal, `[B, M, horizon, actionWidth]`: M draws for each situation.
  ///   - timesteps: B · M numbers in `0 ..< trainingStepCount`, a situation's draws together.
  public func denoisingLoss(
    _ conditioning: Conditioning, actions: Tensor, noise: Tensor, timesteps: [Int]
  ) -> Tensor {
    let shape = noise.shape
    guard shape.count == 4, shape[0] * shape[1] == timesteps.count,
      Array(shape[2...]) == [configuration.horizon, configuration.actionWidth],
      actions.shape == [shape[0], shape[2], shape[3]]
    else {
      return .failure(
        "noise \(shape), actions \(actions.shape) and \(timesteps.count) timesteps do not fit; "
          + "[B, M, \(configuration.horizon), \(configuration.actionWidth)] and B · M are needed")
    }
    let (actions, noise) = (
      actions.to(tokenEmbedding.weight.device), noise.to(tokenEmbedding.weight.device)
    )
    let noisy = schedule.noised(actions.unsqueezed(1), noise: noise, timesteps: timesteps)
    return predictedNoise(conditioning, noisyActions: noisy, timesteps: timesteps)
      .squaredLoss(noise)
  }

  // MARK: - Saving

  /// Writes `config.json` and `model.safetensors` into `folder`, which is made where it is missing.
  ///
  /// The keys of the JSON object `extraConfiguration` join those of the configuration.
  ///
  /// - Parameter dtype: what floating-point parameters are rounded to; nil keeps them as they are.
  public func save(
    to folder: URL, dtype: DType? = nil, extraConfiguration: Data = Data("{}".utf8)
  ) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try writeParameters(to: folder.appendingPathComponent("model.safetensors"), dtype: dtype)
    try writeConfiguration(
      configuration, modelType: "diffusion-policy", extra: extraConfiguration,
      to: folder.appendingPathComponent("config.json"))
  }
}
