import Foundation
import Testing
import Torch

@testable import Networks

@Suite("Diffusion policy")
struct DiffusionPolicyTests {
  private var tiny: DiffusionPolicyConfiguration {
    DiffusionPolicyConfiguration(
      vision: tinyConfiguration().own?.vision ?? [], vocabularySize: 40, textLength: 6, width: 16,
      heads: 2, mlpWidth: 32, encoderLayerCount: 1, decoderLayerCount: 1, horizon: 3,
      actionWidth: 2)
  }

  @Test("the schedule is the capped squared cosine")
  func schedule() {
    // Evaluated in Python from the definition: βᵢ = min(1 − f((i + 1) / 100) / f(i / 100), 0.999).
    let variances = DiffusionSchedule(stepCount: 100).signalVariances
    let expected = [(0, 0.9993687184), (50, 0.4782646329), (99, 2.4285722794e-7)]
    for (step, value) in expected {
      #expect(abs(variances[step] - value) < 1e-9 * value)
    }
    #expect(
      DiffusionSchedule(stepCount: 100).inferenceTimesteps(10) == [
        90, 80, 70, 60, 50, 40, 30, 20, 10, 0,
      ])
  }

  @Test("DDIM with the true noise returns the clean sample")
  func trueNoise() throws {
    let schedule = DiffusionSchedule(stepCount: 100)
    let actions = noise([2, 1, 3, 2], seed: 1).clamped(-1...1)
    let noise = noise([2, 1, 3, 2], seed: 2)
    let noisy = schedule.noised(actions, noise: noise, timesteps: [40, 40])
    let clean = schedule.denoised(noisy, predictedNoise: noise, from: 40, to: nil)
    #expect(try largestDifference(clean, actions) < 1e-5)
  }

  @Test("several draws equal single ones, and padding is not seen")
  func draws() throws {
    let network = try DiffusionPolicyNetwork(tiny, seed: 1)
    let features = network.patchFeatures(noise([2, 6, 32, 32], seed: 2))
    let tokens = try network.padded([[3, 4], [5, 6, 7]])
    let conditioning = network.conditioning(Sight(patches: features), tokens: tokens)
    let actions = noise([2, 2, 3, 2], seed: 3)
    let both = network.predictedNoise(
      conditioning, noisyActions: actions, timesteps: [5, 60, 7, 80])
    for (draw, timesteps) in [[5, 7], [60, 80]].enumerated() {
      let one = network.predictedNoise(
        conditioning, noisyActions: actions.narrowed(1, draw..<draw + 1), timesteps: timesteps)
      #expect(try largestDifference(one, both.narrowed(1, draw..<draw + 1)) < 1e-5)
    }
  }

  @Test("learns to denoise one situation and to point, and samples it back")
  func learns() throws {
    let network = try DiffusionPolicyNetwork(tiny, seed: 1)
    let optimizer = try AdamW(network)
    let pixels = noise([2, 6, 32, 32], seed: 2)
    let instructions = [[3, 4], [5]]
    let actions = Tensor(
      [0.5, -0.5, 0.5, 0, 0.2, 0.1, -0.7, 0.3, -0.1, 0.6, 0, 0] as [Float], shape: [2, 3, 2])
    let places: [Float] = [0.2, 0.7, 0.5, 0.5, 0.9, 0.4, 0.1, 0.8]
    let wanted = Tensor(places, shape: [2, 2, 2])
    let draws = 8
    for step in 0..<300 {
      let conditioning = network.conditioning(
        Sight(patches: network.patchFeatures(pixels)), tokens: try network.padded(instructions))
      let loss =
        network.denoisingLoss(
          network.pointed(conditioning, at: places), actions: actions,
          noise: noise([2, draws, 3, 2], seed: UInt64(step)),
          timesteps: (0..<2 * draws).map { ($0 * 37 + step * 11) % 100 })
        + network.pointing(conditioning).places.smoothAbsoluteLoss(wanted)
      try loss.backward()
      try optimizer.step(learningRate: 5e-3)
      optimizer.clearGradients()
    }
    let sample = try network.sample(
      pixelValues: pixels, instructions: instructions, noise: noise([2, 3, 2], seed: 77))
    #expect(try largestDifference(sample, actions) < 0.2)
    let conditioning = network.conditioning(
      Sight(patches: network.patchFeatures(pixels)), tokens: try network.padded(instructions))
    #expect(try largestDifference(network.pointing(conditioning).places, wanted) < 0.05)
  }

  @Test("the denoiser is told where the network points")
  func toldPlaces() throws {
    let network = try DiffusionPolicyNetwork(tiny, seed: 1)
    let situation = network.conditioning(
      Sight(patches: network.patchFeatures(noise([1, 6, 32, 32], seed: 2))),
      tokens: try network.padded([[3, 4]]))
    func predicted(_ places: [Float]) -> Tensor {
      network.predictedNoise(
        network.pointed(situation, at: places), noisyActions: noise([1, 1, 3, 2], seed: 3),
        timesteps: [50])
    }
    let first = predicted([0.2, 0.3, 0.6, 0.7])
    #expect(try largestDifference(first, predicted([0.2, 0.3, 0.6, 0.7])) == 0)
    for index in 0..<4 {
      var places: [Float] = [0.2, 0.3, 0.6, 0.7]
      places[index] += 0.05
      #expect(try largestDifference(first, predicted(places)) > 1e-4)
    }
    // Each place is a mean of what patches say, weighted by the softmax.
    let pointing = network.pointing(situation)
    #expect(pointing.logits.shape == [1, 2, 16] && pointing.places.shape == [1, 2, 2])
  }

  @Test("the way from hand to subgoal is nothing at first, and follows from places and state")
  func toldWay() throws {
    var configuration = tiny
    configuration.stateSize = 3
    let plain = try DiffusionPolicyNetwork(configuration, seed: 1)
    configuration.tellsWay = true
    let network = try DiffusionPolicyNetwork(configuration, seed: 1)
    let pixels = noise([1, 6, 32, 32], seed: 2)
    let noisy = noise([1, 1, 3, 2], seed: 3)
    func predicted(
      _ network: DiffusionPolicyNetwork, _ places: [Float], height: Float = 0.1
    ) throws -> Tensor {
      let situation = network.conditioning(
        Sight(
          patches: network.patchFeatures(pixels),
          states: Tensor([0.2, 0.3, height], shape: [1, 3])),
        tokens: try network.padded([[3, 4]]))
      return try checked {
        network.predictedNoise(
          network.pointed(situation, at: places), noisyActions: noisy, timesteps: [50])
      }
    }
    let places: [Float] = [0.2, 0.3, 0.6, 0.7]
    #expect(try predicted(network, places).isIdentical(to: predicted(plain, places)))
    // With places and state silenced elsewhere, the way alone is heard.
    for parameter in network.parameters {
      if parameter.name.hasPrefix("way.") {
        parameter.tensor.assign(noise(parameter.tensor.shape, seed: 4))
      } else if parameter.name.hasPrefix("place.") || parameter.name.hasPrefix("state_proj") {
        parameter.tensor.assign(Tensor.zeros(parameter.tensor.shape))
      }
    }
    let first = try predicted(network, places)
    for index in 0..<4 {
      var other = places
      other[index] += 0.02
      #expect(try largestDifference(first, predicted(network, other)) > 1e-3)
    }
    #expect(try largestDifference(first, predicted(network, places, height: 0.15)) > 1e-3)
    // A row's chunk is the same alone and in a batch.
    let (images, start) = (noise([3, 6, 32, 32], seed: 6), noise([3, 3, 2], seed: 5))
    let states = noise([3, 3], seed: 7)
    func chunks(_ rows: [Int]) throws -> Tensor {
      let chosen = Tensor(rows)
      return try network.sample(
        SensedSituations(images: .normalized(images.rows(chosen)), states: states.rows(chosen)),
        instructions: rows.map { [[3, 4], [5], [6]][$0] }, noise: start.rows(chosen))
    }
    #expect(try chunks([1]).isIdentical(to: chunks([0, 1, 2]).narrowed(0, 1..<2)))
  }

  @Test("where it is told, the denoiser hears what is left to turn, and half a turn is none")
  func toldTurn() throws {
    var configuration = tiny
    configuration.tellsTurn = true
    let network = try DiffusionPolicyNetwork(configuration, seed: 1)
    let pixels = noise([3, 6, 32, 32], seed: 2)
    let tokens = try network.padded([[3, 4], [5], [6]])
    let situation = network.conditioning(
      Sight(patches: network.patchFeatures(pixels)), tokens: tokens)
    let noisy = noise([3, 1, 3, 2], seed: 3)
    func predicted(_ turn: Float?) throws -> Tensor {
      let places: [Float] = [0.2, 0.3, 0.6, 0.7]
      return try checked {
        network.predictedNoise(
          network.pointed(
            situation,
            at: [.init(places: places, turn: turn)]
              + Array(repeating: .init(places: places, turn: 0.1), count: 2)),
          noisyActions: noisy, timesteps: [50])
      }
    }
    let first = try predicted(0.4)
    #expect(try largestDifference(first, predicted(0.4 - .pi)) < 1e-4)
    let other = try predicted(0.5)
    #expect(try largestDifference(first.narrowed(0, 0..<1), other.narrowed(0, 0..<1)) > 1e-4)
    #expect(try largestDifference(first.narrowed(0, 1..<3), other.narrowed(0, 1..<3)) == 0)
    #expect { try predicted(nil) } throws: { "\($0)".contains("each with a turn") }
    // What is said is the same alone and in a batch, and so is the chunk that follows.
    let start = noise([3, 3, 2], seed: 5)
    func chunks(_ rows: [Int], told: [[Float]?] = []) throws -> DiffusionPolicyNetwork.Sampled {
      try network.chunks(
        SensedSituations(images: .normalized(pixels.rows(Tensor(rows)))),
        instructions: rows.map { [[3, 4], [5], [6]][$0] }, noise: start.rows(Tensor(rows)),
        told: told)
    }
    let all = try chunks([0, 1, 2])
    let one = try chunks([1])
    #expect(one.actions.isIdentical(to: all.actions.narrowed(0, 1..<2)))
    #expect(one.told[0] == all.told[1] && one.told[0].turn != nil)
    // Places may be put in its mouth; it goes on to say the turn itself.
    let made = try chunks([0, 1], told: [nil, [0.1, 0.2, 0.3, 0.4]])
    #expect(made.told[0] == all.told[0])
    #expect(made.told[1].places == [0.1, 0.2, 0.3, 0.4] && made.told[1].turn == all.told[1].turn)
    #expect(try largestDifference(made.actions, all.actions.narrowed(0, 0..<2)) > 1e-6)
    #expect(throws: TorchError.self) { try chunks([0, 1], told: [nil]) }
    #expect(throws: TorchError.self) { try chunks([0], told: [[0.1]]) }
  }

  @Test("a sample has the same bits whatever else is in the batch, and after saving and loading")
  func invariance() throws {
    let network = try DiffusionPolicyNetwork(tiny, seed: 1)
    let pixels = noise([11, 6, 32, 32], seed: 2)
    let noise = noise([11, 3, 2], seed: 5)
    let instructions = (0..<11).map { [3 + $0, 4] }
    let all = try network.sample(pixelValues: pixels, instructions: instructions, noise: noise)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try network.save(to: folder)
    let loaded = try DiffusionPolicyNetwork(folder: folder)
    for row in [0, 7, 10] {
      let one = try loaded.sample(
        pixelValues: pixels.narrowed(0, row..<row + 1), instructions: [instructions[row]],
        noise: noise.narrowed(0, row..<row + 1))
      #expect(one.isIdentical(to: all.narrowed(0, row..<row + 1)))
    }
  }

  /// Two frames and the state of each: all are read, and a row depends on nothing else in the batch.
  @Test("the frame before and the robot's state are seen, by each row alone")
  func twoFrames() throws {
    var configuration = tiny
    (configuration.history, configuration.stateSize) = (2, 4)
    let network = try DiffusionPolicyNetwork(configuration, seed: 1)
    let (now, before) = (noise([5, 6, 32, 32], seed: 2), noise([5, 6, 32, 32], seed: 3))
    let situations = SensedSituations(
      images: .normalized(now), earlierImages: .normalized(before),
      states: noise([5, 8], seed: 4))
    let sight = network.sight(of: situations)
    #expect(sight.patches.shape == [5, 16, network.vision.width])
    #expect(sight.earlierPatches?.shape == sight.patches.shape)
    let tokens = try network.padded(Array(repeating: [3, 4], count: 5))
    let conditioning = network.conditioning(sight, tokens: tokens)
    #expect(conditioning.memory.shape == [5, 16 + 6 + 1, 16])
    #expect(network.pointing(conditioning).places.shape == [5, 2, 2])
    let start = noise([5, 3, 2], seed: 5)
    func sample(_ situations: SensedSituations, _ rows: [Int]) throws -> Tensor {
      try network.sample(
        situations.rows(rows), instructions: rows.map { _ in [3, 4] },
        noise: start.rows(Tensor(rows)))
    }
    let all = try sample(situations, [0, 1, 2, 3, 4])
    #expect(try sample(situations, [3]).isIdentical(to: all.narrowed(0, 3..<4)))
    var changed = situations
    changed.earlierImages = .normalized(now)
    #expect(try largestDifference(sample(changed, [3]), all.narrowed(0, 3..<4)) > 1e-5)
    changed = situations
    changed.states = noise([5, 8], seed: 9)
    #expect(try largestDifference(sample(changed, [3]), all.narrowed(0, 3..<4)) > 1e-5)
    // What is not given is missed, by name.
    #expect { try sample(SensedSituations(images: .normalized(now)), [0]) } throws: {
      "\($0)".contains("two frames")
    }
    changed.states = noise([5, 4], seed: 9)
    #expect { try sample(changed, [0]) } throws: { "\($0)".contains("8 numbers") }
    configuration.history = 3
    #expect(throws: TorchError.self) { try DiffusionPolicyNetwork(configuration, seed: 1) }
  }
}
