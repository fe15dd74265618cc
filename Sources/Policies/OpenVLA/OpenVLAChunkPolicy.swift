import EnvironmentInterface
import Foundation
import Networks
import Torch

/// OpenVLA-OFT as a policy: image, instruction and, where it was trained with it, proprioception in, a chunk of actions
/// out that is executed before the next question (Kim, Finn and Liang, 2025, §IV): as published to its end.
///
/// Each episode's observation goes through the network alone, as the published code runs it, so an answer can't depend
/// on the batch. Small networks answer several side by side, one on each thread.
public final class OpenVLAChunkPolicy: Policy {
  public let name: String
  public let needs: ObservationNeeds
  private let predictor: ChunkPredictor
  /// Actions executed of a chunk; nil for all.
  private let executedLength: Int?

  /// - Parameter executedLength: Actions executed of a chunk; nil for all.
  public init(name: String, predictor: ChunkPredictor, executedLength: Int?) {
    self.name = name
    self.predictor = predictor
    self.executedLength = executedLength
    needs = Self.needs(of: predictor)
  }

  private static func needs(of predictor: ChunkPredictor) -> ObservationNeeds {
    switch (predictor.instructions, predictor.decoder.projector) {
    case (.read, nil): [.image, .instruction]
    case (.read, .some): [.image, .instruction, .proprioception]
    case (.none, nil): [.image]
    case (.none, .some): [.image, .proprioception]
    }
  }

  /// Loads a checkpoint that one camera suffices for.
  public convenience init(
    name: String, checkpoint: PolicyCheckpoint, loading: CheckpointLoading, statisticsKey: String?
  ) throws {
    try checkpoint.checkOneCameraSuffices()
    let predictor = try ChunkPredictor(
      checkpoint: checkpoint, loading: loading, statisticsKey: statisticsKey,
      readsInstructions: true)
    let stateLength = predictor.decoder.projector?.stateLength
    guard stateLength == nil || stateLength == Proprioception.stateLength else {
      throw CheckpointError.unusable(
        path: checkpoint.folder.path,
        reason: "its proprio_projector takes \(stateLength ?? 0) numbers; the environment has the "
          + "\(Proprioception.stateLength) of LIBERO")
    }
    self.init(
      name: name, predictor: predictor,
      executedLength: checkpoint.configuration.own?.executedLength)
  }

  public func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    func answer(to request: PolicyRequest) throws -> Result<ActionChunk, PolicyError> {
      do {
        return .success(try chunk(for: request))
      } catch let error as PolicyError {
        return .failure(error)
      }
    }
    // A published network fills all threads with one observation.
    guard predictor.decoder.network.configuration.own != nil else {
      return try requests.map(answer(to:))
    }
    return try sideBySide(requests.count) { try answer(to: requests[$0]) }
  }

  private func chunk(for request: PolicyRequest) throws -> ActionChunk {
    var observation = ChunkObservation(images: [try request.image])
    if needs.proprioception {
      guard let felt = request.observation.proprioception else {
        throw PolicyError.missingInput("proprioception")
      }
      observation.state = felt.state
    }
    let instruction = needs.instruction ? try request.instruction : ""
    let actions = try predictor.prediction(observation, instruction: instruction).actions
    return try ActionChunk(
      actions.prefix(executedLength ?? actions.count).map { try Action($0) })
  }
}

extension Proprioception {
  /// Numbers of `state`.
  static let stateLength = 8

  /// The state as LIBERO's datasets hold it: the gripper's position [m], its orientation as axis times angle [rad], and
  /// the two fingers' positions, of opposite sign [m].
  var state: [Double] {
    let (position, turn) = (baseFromGripper.translation, baseFromGripper.rotation.rotationVector)
    return [
      position.x, position.y, position.z, turn.x, turn.y, turn.z, gripperWidth / 2,
      -gripperWidth / 2,
    ]
  }
}
