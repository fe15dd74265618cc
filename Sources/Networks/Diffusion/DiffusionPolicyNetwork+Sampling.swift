import Torch

extension DiffusionPolicyNetwork {
  /// Chunks of actions, and what the network said of where it was going before it denoised them.
  public struct Sampled {
    /// `[B, horizon, actionWidth]` on the CPU, in −1…1.
    public let actions: Tensor
    /// One for each situation.
    public let told: [Told]
  }

  /// Points, and denoises a chunk of actions for each image and instruction, by DDIM.
  ///
  /// In float32 on the CPU every operation treats each row alone, elsewhere rows run in groups of constant size: a row's
  /// result is the same to the bit whatever else is in the batch.
  ///
  /// - Parameters:
  ///   - situations: what is seen and felt; images as a camera gives them, or normalized `[B, 6, side, side]`.
  ///   - instructions: B lists of tokens.
  ///   - noise: standard normal, `[B, horizon, actionWidth]`.
  ///   - told: for each situation where it is to point, subgoal x, y, gripper x, y; nil where it finds that itself. Empty
  ///     where it does everywhere.
  public func chunks(
    _ situations: SensedSituations, instructions: [[Int]], noise: Tensor, told: [[Float]?] = []
  ) throws -> Sampled {
    try throwRecordedFailure()
    let (count, images) = (instructions.count, situations.images)
    let others = [situations.earlierImages?.pixels, situations.states].compactMap { $0 }
    guard count > 0, images.pixels.rank == 4, images.pixels.size(0) == count,
      others.allSatisfy({ $0.rank > 0 && $0.size(0) == count }),
      noise.shape == [count, configuration.horizon, configuration.actionWidth],
      told.isEmpty || told.count == count,
      told.allSatisfy({ $0.map { $0.count == 2 * Self.placeCount } ?? true })
    else {
      throw TorchError(
        "\(count) instructions, pixel values \(images.pixels.shape), noise \(noise.shape) and \(told.count) pairs of "
          + "places do not fit; [B, \(configuration.horizon), \(configuration.actionWidth)] of noise is needed"
      )
    }
    let tokens = try padded(instructions)
    let size = configuration.rowCount
    let isByRows = tokenEmbedding.weight.dtype == .float32 && tokenEmbedding.weight.device == .cpu
    let parts =
      isByRows
      ? evenGroups(of: count, atMost: size)
      : stride(from: 0, to: count, by: size).map { $0..<min(count, $0 + size) }
    let groups = try sideBySide(parts.count) { part in
      let members = parts[part]
      let padding = isByRows ? 0 : size - members.count
      let rows = Array(members) + Array(repeating: members.lowerBound, count: padding)
      func chosen(_ x: Tensor) -> Tensor { x.rows(Tensor(rows).to(x.device)) }
      let sampled = try withoutGradient {
        try checked {
          try denoised(
            situations.rows(rows), tokens: chosen(tokens), noise: chosen(noise),
            told: told.isEmpty ? [] : rows.map { told[$0] })
        }
      }
      return Sampled(
        actions: sampled.actions.narrowed(0, 0..<members.count),
        told: Array(sampled.told.prefix(members.count)))
    }
    return try checked {
      Sampled(
        actions: Tensor.concatenated(groups.map(\.actions), dimension: 0).to(.cpu),
        told: groups.flatMap(\.told))
    }
  }

  /// The actions alone.
  public func sample(
    _ situations: SensedSituations, instructions: [[Int]], noise: Tensor
  ) throws -> Tensor {
    try chunks(situations, instructions: instructions, noise: noise).actions
  }

  /// The same for normalized images, `[B, 6, side, side]`.
  public func sample(
    pixelValues: Tensor, instructions: [[Int]], noise: Tensor
  ) throws -> Tensor {
    try sample(
      SensedSituations(images: .normalized(pixelValues)), instructions: instructions, noise: noise)
  }

  private func denoised(
    _ situations: SensedSituations, tokens: Tensor, noise: Tensor, told: [[Float]?]
  ) throws -> Sampled {
    let situation = conditioning(sight(of: situations), tokens: tokens)
    var said = try pointing(situation).told()
    for (row, places) in told.enumerated() { if let places { said[row].places = places } }
    let conditioning = pointed(situation, at: said)
    let memory = denoiser.memory(of: conditioning)
    let timesteps = schedule.inferenceTimesteps(configuration.inferenceStepCount)
    var sample = noise.to(conditioning.memory.device).unsqueezed(1)
    for (index, timestep) in timesteps.enumerated() {
      let predicted = denoiser(sample, timesteps: [timestep], memory: memory)
      sample = schedule.denoised(
        sample, predictedNoise: predicted, from: timestep,
        to: index + 1 < timesteps.count ? timesteps[index + 1] : nil)
    }
    return Sampled(actions: sample.squeezed(1), told: said)
  }
}
