import EnvironmentInterface
import Foundation
import Networks
import Torch

/// OpenVLA-OFT as a policy: image, instruction and, where it was trained with it, proprioception in, a chunk of actions
/// out that is executed to its end before the next question (Kim, Finn and Liang, 2025, §IV).
///
/// Each episode's observation goes through the network alone, as the published code runs it, so an answer can't depend
/// on the batch.
public final class OpenVLAChunkPolicy: Policy {
  public let name: String
  public let needs: ObservationNeeds
  private let predictor: ChunkPredictor

  /// Loads a checkpoint that one camera suffices for.
  public init(
    name: String, checkpoint: PolicyCheckpoint, loading: CheckpointLoading, statisticsKey: String?
  ) throws {
    try checkpoint.checkOneCameraSuffices()
    self.name = name
    predictor = try ChunkPredictor(
      checkpoint: checkpoint, loading: loading, statisticsKey: statisticsKey,
      readsInstructions: true)
    let stateLength = predictor.decoder.projector?.stateLength
    guard stateLength == nil || stateLength == Proprioception.stateLength else {
      throw CheckpointError.unusable(
        path: checkpoint.folder.path,
        reason: "its proprio_projector takes \(stateLength ?? 0) numbers; the environment has the "
          + "\(Proprioception.stateLength) of LIBERO")
    }
    needs = stateLength == nil ? [.image, .instruction] : [.image, .instruction, .proprioception]
  }

  public func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    try requests.map { request in
      do {
        return .success(try chunk(for: request))
      } catch let error as PolicyError {
        return .failure(error)
      }
    }
  }

  private func chunk(for request: PolicyRequest) throws -> ActionChunk {
    var observation = ChunkObservation(images: [try request.image])
    if needs.proprioception {
      guard let felt = request.observation.proprioception else {
        throw PolicyError.missingInput("proprioception")
      }
      observation.state = felt.state
    }
    let prediction = try predictor.prediction(observation, instruction: try request.instruction)
    return try ActionChunk(try prediction.actions.map { try Action($0) })
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
