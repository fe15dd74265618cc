import EnvironmentInterface
import Foundation
import Networks
import Torch

// An OpenVLA-OFT checkpoint is an OpenVLA folder with a head's file beside the weights (`action_head--<step>_checkpoint.pt`;
// the published loader takes any whose name holds `action_head` and `checkpoint`) and, where it was trained with the
// robot's state, one of `proprio_projector`; `action_head.safetensors` and `proprio_projector.safetensors` are read alike.
// Those of our own training are `action_head.safetensors`, which also holds what stands in the slots; a published head
// leaves them empty. One that reads tokens has no head, so its `config.json` says `"policy": {"parallel_decoding": {"images": 1,
// "chunk_length": 8}}`, which also states the two numbers that no published file does.

extension PolicyCheckpoint {
  /// Actions of a chunk where nothing is said: LIBERO's, the published code's own choice.
  public static let publishedChunkLength = 8

  /// Whether the checkpoint was trained to decode a chunk of actions at once, as far as its files say.
  public var decodesInParallel: Bool {
    configuration.own?.parallelDecoding != nil || !parts.urls.isEmpty
  }

  /// How many images an observation has and how many actions a chunk; nil where `config.json` does not say.
  var parallelDecodingSizes: (imageCount: Int?, chunkLength: Int?) {
    let sizes = configuration.own?.parallelDecoding
    return (sizes?.imageCount, sizes?.chunkLength)
  }

  /// Refuses a checkpoint that can't act where there is one camera, before its weights are loaded.
  ///
  /// - Throws: `CheckpointError` where it needs more images, or does not say how many.
  public func checkOneCameraSuffices() throws {
    guard decodesInParallel else { return }
    let path = folder.appendingPathComponent("config.json").path
    let sizes = parallelDecodingSizes
    guard let imageCount = sizes.imageCount, sizes.chunkLength != nil else {
      throw CheckpointError.unusable(
        path: path,
        reason: "it doesn't say how many images and actions the checkpoint was trained with; add "
          + #""policy": {"parallel_decoding": {"images": 1, "chunk_length": 8}}"#)
    }
    guard imageCount == 1 else {
      throw CheckpointError.unusable(
        path: path,
        reason: "it was trained with \(imageCount) images and the environment has one camera; "
          + "ask it with bench act, or name one trained with the third-person camera alone")
    }
  }

  /// The regression head's tensors, with what stands in the slots where it was trained here; nil for a checkpoint without a head.
  public func actionHead() throws -> Checkpoint? { try openedParts().head }

  /// The files of the parts beside the network, opened.
  struct OpenedParts {
    var head: Checkpoint?
    var projector: Checkpoint?
  }

  /// Opens the parts, so that a broken one is told before the network's weights are loaded.
  func openedParts() throws -> OpenedParts {
    func opened(_ url: URL?) throws -> Checkpoint? {
      try url.map { try Checkpoint(file: $0, withoutPrefix: "module.") }
    }
    return OpenedParts(head: try opened(parts.head), projector: try opened(parts.projector))
  }

  /// The decoder around the checkpoint's network.
  ///
  /// - Parameter chunkLength: Nil takes that of `config.json`, or the published one.
  func parallelDecoder(
    network: OpenVLA, parts: OpenedParts, loading: CheckpointLoading, chunkLength: Int?
  ) throws -> ParallelDecoder {
    let dtype = type(for: loading)
    let width = network.configuration.language.width
    let length = chunkLength ?? parallelDecodingSizes.chunkLength ?? Self.publishedChunkLength
    return ParallelDecoder(
      network: network,
      head: try parts.head.map {
        try RegressionHead(
          $0, width: width, actionLength: Action.count, dtype: dtype, device: loading.device)
      },
      projector: try parts.projector.map {
        try ProprioceptionProjector($0, width: width, dtype: dtype, device: loading.device)
      },
      slots: try ParallelDecoder.slots(
        in: parts.head, count: length * Action.count, width: width, dtype: dtype,
        device: loading.device),
      chunkLength: length, actionLength: Action.count)
  }
}
