import EnvironmentInterface
import Foundation
import Geometry
import Networks
import Torch

/// A diffusion policy: image and instruction in, a chunk of actions out, of which the first few are executed
/// (Chi et al. 2023, receding horizon). Where its network asks for them, also the image of one control step before, whatever
/// was executed since, and the robot's state.
public final class DiffusionPolicy: Policy {
  public let name: String
  public let needs: ObservationNeeds
  private let network: DiffusionPolicyNetwork
  private let text: InstructionEncoder
  private let statistics: ActionStatistics
  /// What scales the robot's state; nil for a network that does not read it.
  private let states: ProprioceptionStatistics?
  private let processor: ImageProcessor
  private let executedLength: Int
  /// Where the last answer pointed, and where the next ones shall, by slot.
  private var pointed: [Int: [Vector2]] = [:]
  private var told: [Int: [Vector2]] = [:]

  public init(
    name: String, network: DiffusionPolicyNetwork, text: InstructionEncoder,
    statistics: ActionStatistics, states: ProprioceptionStatistics? = nil,
    processor: ImageProcessor, executedLength: Int
  ) {
    self.name = name
    self.network = network
    self.text = text
    self.statistics = statistics
    self.states = states
    var parts: [ObservationNeeds.Part] = [.image]
    if text.instructions == .read { parts.append(.instruction) }
    if states != nil { parts.append(.proprioception) }
    if network.configuration.frameCount > 1 { parts.append(.earlier) }
    needs = ObservationNeeds(parts)
    self.processor = processor
    self.executedLength = min(max(1, executedLength), network.configuration.horizon)
  }

  /// Loads a checkpoint's network, tokenizer and statistics.
  public convenience init(
    name: String, checkpoint: PolicyCheckpoint, device: Device, statisticsKey: String?
  ) throws {
    let statistics = try checkpoint.diffusionStatistics(key: statisticsKey)
    let tokenizer = try checkpoint.tokenizer()
    let network = try DiffusionPolicyNetwork(folder: checkpoint.folder, device: device)
    let states = try checkpoint.stateStatistics(of: network.configuration, key: statisticsKey)
    guard network.configuration.actionWidth == Action.count,
      network.vision.channelCount == 3 * ImageProcessor.defaultNormalizations.count
    else {
      throw CheckpointError.unusable(
        path: checkpoint.folder.appendingPathComponent("config.json").path,
        reason:
          "its actions must have \(Action.count) numbers (action_size) and its images two encoders (vision)"
      )
    }
    let side = network.configuration.vision.first?.imageSize ?? 224
    var processor = ImageProcessor(height: side, width: side)
    processor.preparation.cropsCenter = checkpoint.configuration.own?.cropsCenter ?? false
    self.init(
      name: name, network: network,
      text: InstructionEncoder(
        tokenizer: tokenizer, instructions: checkpoint.instructions),
      statistics: statistics, states: states, processor: processor,
      executedLength: checkpoint.configuration.own?.executedLength ?? 1)
  }

  public func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    var instructions: [[Int]] = []
    var noise: [Float] = []
    let horizon = network.configuration.horizon
    for request in requests {
      instructions.append(
        try text.tokens(for: text.instructions == .read ? request.instruction : ""))
      var stream = request.randomness.named("diffusion-noise")
      noise += (0..<horizon * Action.count).map { _ in Float(stream.normal()) }
    }
    let chunks = try network.chunks(
      sensed(requests), instructions: instructions,
      noise: Tensor(noise, shape: [requests.count, horizon, Action.count]),
      told: told.isEmpty ? [] : requests.map(toldPlaces))
    let sampled = try chunks.actions.doubles()
    for (request, told) in zip(requests, chunks.told) { try remember(told, for: request) }
    return requests.indices.map { row in
      Result { () throws(PolicyError) -> ActionChunk in
        var actions: [Action] = []
        for step in 0..<executedLength {
          let start = (row * horizon + step) * Action.count
          let numbers = sampled[start..<start + Action.count]
          // Clamping would make a plausible action of NaN.
          guard numbers.allSatisfy(\.isFinite) else {
            throw PolicyError.numbersNotFinite("the denoised actions")
          }
          let scaled = numbers.map { min(1, max(-1, $0)) }
          actions.append(try Action(statistics.unnormalized(ChunkScaling.gripperOpened(scaled))))
        }
        return try ActionChunk(actions)
      }
    }
  }
}

extension DiffusionPolicy: PointingPolicy {
  public var points: Bool { true }

  public func pointed(slot: Int) -> [Vector2] { pointed[slot] ?? [] }

  public func point(at places: [Vector2]?, slot: Int) { told[slot] = places }

  /// Keeps where an answer pointed, in the whole picture.
  private func remember(_ told: DiffusionPolicyNetwork.Told, for request: PolicyRequest) throws {
    let (image, places) = (try request.image, told.places.map(Double.init))
    pointed[request.slot] = stride(from: 0, to: places.count, by: 2).map {
      processor.preparation.whole(Vector2(places[$0], places[$0 + 1]), of: image)
    }
  }

  /// Where an answer is to point, in what the network sees; nil where nobody said.
  private func toldPlaces(_ request: PolicyRequest) throws -> [Float]? {
    guard let places = told[request.slot] else { return nil }
    let image = try request.image
    return places.map { processor.preparation.seen($0, of: image) }
      .flatMap { [Float($0.x), Float($0.y)] }
  }
}

extension DiffusionPolicy {
  /// What is seen and felt in each situation, this step's and, where two frames are seen, the step's before.
  private func sensed(_ requests: [PolicyRequest]) throws(PolicyError) -> SensedSituations {
    var images: [Image] = []
    var earlierImages: [Image] = []
    var felt: [[Proprioception]] = []
    for request in requests {
      images.append(try request.image)
      var states = states == nil ? [] : [try request.proprioception]
      if needs.earlier {
        let earlier = try request.earlier
        guard let image = earlier.primaryImage else {
          throw .missingInput("the image of one control step before")
        }
        earlierImages.append(image)
        if states.count == 1 {
          guard let before = earlier.proprioception else {
            throw .missingInput("the proprioception of one control step before")
          }
          states.append(before)
        }
      }
      felt.append(states)
    }
    return SensedSituations(
      images: try processor.input(of: images),
      earlierImages: needs.earlier ? try processor.input(of: earlierImages) : nil,
      states: states.map { DiffusionState.rows(felt, $0) })
  }
}

extension PolicyCheckpoint {
  /// What scales a diffusion policy's actions, by the numbers that its configuration names.
  func diffusionStatistics(key: String?) throws -> ActionStatistics {
    let file = try StatisticsFile(in: folder, configuration: document)
    return try file.action(
      key: key, normalization: configuration.own?.actionNormalization ?? .boundsQ99)
  }

  /// What scales the robot's state for a diffusion policy; nil for a network that does not read it.
  func stateStatistics(
    of configuration: DiffusionPolicyConfiguration, key: String?
  ) throws -> ProprioceptionStatistics? {
    guard let size = configuration.stateSize else { return nil }
    guard size == DiffusionState.size else {
      throw CheckpointError.unusable(
        path: folder.appendingPathComponent("config.json").path,
        reason:
          "its robot's state has \(size) numbers (state_size); \(DiffusionState.size) are known")
    }
    return try proprioceptionStatistics(key: key, count: size)
  }
}

/// Instructions as the diffusion policy's text encoder reads them: the words alone, no prompt around them.
public struct InstructionEncoder {
  public let tokenizer: SentencePieceTokenizer
  /// Whether instructions are read.
  public let instructions: InstructionUse

  public init(tokenizer: SentencePieceTokenizer, instructions: InstructionUse = .read) {
    self.tokenizer = tokenizer
    self.instructions = instructions
  }

  /// The instruction's ids, in lower case; none where instructions are not read.
  public func tokens(for instruction: String) throws -> [Int] {
    instructions == .read ? try tokenizer.encode(instruction.lowercased()) : []
  }
}

/// The gripper's place in a chunk: diffusion works in [−1, 1], the gripper's command in [0, 1].
public enum ChunkScaling {
  /// Seven normalised numbers with the gripper stretched to [−1, 1].
  public static func gripperStretched(_ action: [Double]) -> [Double] {
    Array(action.dropLast()) + action.suffix(1).map { 2 * $0 - 1 }
  }

  /// Undoes `gripperStretched`.
  public static func gripperOpened(_ action: [Double]) -> [Double] {
    Array(action.dropLast()) + action.suffix(1).map { ($0 + 1) / 2 }
  }
}
