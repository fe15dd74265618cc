import Torch

extension DiffusionPolicyNetwork {
  /// Denoises a chunk of actions for each image and instruction, by DDIM.
  ///
  /// Rows run in groups of constant size, so a row's result is the same to the bit whatever else is in the
  /// batch.
  ///
  /// - Parameters:
  ///   - pixelValues: `[B, 6, side, side]`, normalized.
  ///   - instructions: B lists of tokens.
  ///   - noise: standard normal, `[B, horizon, actionWidth]`.
  /// - Returns: `[B, horizon, actionWidth]` on the CPU, in −1…1.
  public func sample(
    pixelValues: Tensor, instructions: [[Int]], noise: Tensor
  ) throws -> Tensor {
    try throwRecordedFailure()
    let count = instructions.count
    guard count > 0, pixelValues.rank == 4, pixelValues.size(0) == count,
      noise.shape == [count, configuration.horizon, configuration.actionWidth]
    else {
      throw TorchError(
        "\(count) instructions, pixel values \(pixelValues.shape) and noise \(noise.shape) do not "
          + "fit; [B, \(configuration.horizon), \(configuration.actionWidth)] of noise is needed")
    }
    let tokens = try padded(instructions)
    let size = configuration.rowCount
    let groups = try sideBySide((count + size - 1) / size) { group in
      let start = group * size
      let members = start..<min(count, start + size)
      let rows = Array(members) + Array(repeating: start, count: size - members.count)
      func chosen(_ x: Tensor) -> Tensor { x.rows(Tensor(rows).to(x.device)) }
      let actions = try withoutGradient {
        try checked {
          try denoised(
            pixelValues: chosen(pixelValues), tokens: chosen(tokens), noise: chosen(noise))
        }
      }
      return actions.narrowed(0, 0..<members.count)
    }
    return try checked { Tensor.concatenated(groups, dimension: 0).to(.cpu) }
  }

  private func denoised(pixelValues: Tensor, tokens: Tensor, noise: Tensor) throws -> Tensor {
    let situation = conditioning(patchFeatures: patchFeatures(pixelValues), tokens: tokens)
    let conditioning = pointed(situation, at: try pointing(situation).places.floats())
    let timesteps = schedule.inferenceTimesteps(configuration.inferenceStepCount)
    var sample = noise.to(conditioning.memory.device).unsqueezed(1)
    for (index, timestep) in timesteps.enumerated() {
      let predicted = predictedNoise(
        conditioning, noisyActions: sample,
        timesteps: Array(repeating: timestep, count: sample.size(0)))
      sample = schedule.denoised(
        sample, predictedNoise: predicted, from: timestep,
        to: index + 1 < timesteps.count ? timesteps[index + 1] : nil)
    }
    return sample.squeezed(1)
  }
}
