import EnvironmentInterface
import Foundation
import Networks
import Torch

// An OpenVLA-OFT checkpoint is an OpenVLA folder with a head's file beside the weights (`action_head--<step>_checkpoint.pt`;
// the published loader takes any whose name holds `action_head` and `checkpoint`) and, where it was trained with the
// robot's state, one of `proprio_projector`; `action_head.safetensors` and `proprio_projector.safetensors` are read alike.
// One that reads tokens has no head, so its `config.json` says `"policy": {"parallel_decoding": {"images": 1,
// "chunk_length": 8}}`, which also states the two numbers that no published file does.

extension PolicyCheckpoint {
  /// Actions of a chunk where nothing is said: LIBERO's, the published code's own choice.
  public static let publishedChunkLength = 8

  private enum Part: String, CaseIterable {
    case head = "action_head"
    case projector = "proprio_projector"

    func isFile(_ name: String) -> Bool {
      name == "\(rawValue).safetensors" || name.contains(rawValue) && name.contains("checkpoint")
    }
  }

  /// Parts of a published checkpoint that can't be used, by what the published loader looks for in their file's name.
  private static let unusableParts = [
    "vision_backbone":
      "its vision is conditioned on the language by FiLM, which is not built; use a checkpoint trained without",
    "noisy_action_projector":
      "its actions are denoised by diffusion, which is not built; use a checkpoint with an L1 regression head",
  ]

  /// Throws for files that would change the action and are not read.
  private func checkParts() throws {
    // Formats that weights are stored in; text and code may be called as they like.
    let formats = ["pt", "pth", "bin", "ckpt", "safetensors"]
    for name in try fileNames() {
      for (part, reason) in Self.unusableParts
      where name.contains(part) && name.contains("checkpoint") {
        throw CheckpointError.unusable(
          path: folder.appendingPathComponent(name).path, reason: reason)
      }
      let fileExtension = (name as NSString).pathExtension
      let isPart = ["head", "projector", "vision_backbone", "film"].contains {
        name.lowercased().contains($0)
      }
      if isPart, formats.contains(fileExtension),
        !Part.allCases.contains(where: { $0.isFile(name) })
      {
        throw CheckpointError.unusable(
          path: folder.appendingPathComponent(name).path,
          reason:
            "it looks like a part of the policy and its name is not known; call an L1 regression head "
            + "action_head--<step>_checkpoint.pt, a projector of the state proprio_projector--<step>_checkpoint.pt"
        )
      }
    }
  }

  /// Whether the checkpoint was trained to decode a chunk of actions at once, as far as its files say.
  ///
  /// - Throws: `CheckpointError` for parts that are not built, FiLM and the diffusion head, which would be missed
  ///   silently else.
  public var decodesInParallel: Bool {
    get throws {
      try checkParts()
      return try configuration.own?.parallelDecoding != nil || !partURLs().isEmpty
    }
  }

  /// The files of the parts.
  func partURLs() throws -> [URL] {
    try fileNames().filter { name in Part.allCases.contains { $0.isFile(name) } }
      .map(folder.appendingPathComponent)
  }

  /// How many images an observation has and how many actions a chunk; nil where `config.json` does not say.
  var parallelDecodingSizes: (imageCount: Int?, chunkLength: Int?) {
    get throws {
      let sizes = configuration.own?.parallelDecoding
      for (name, size) in [("images", sizes?.imageCount), ("chunk_length", sizes?.chunkLength)] {
        if let size, !(1...64).contains(size) {
          throw CheckpointError.unreadableFile(
            path: folder.appendingPathComponent("config.json").path,
            reason: "at 'policy.parallel_decoding.\(name)': \(size) is not from 1 to 64")
        }
      }
      return (sizes?.imageCount, sizes?.chunkLength)
    }
  }

  /// Refuses a checkpoint that can't act where there is one camera, before its weights are loaded.
  ///
  /// - Throws: `CheckpointError` where it needs more images, or does not say how many.
  public func checkOneCameraSuffices() throws {
    guard try decodesInParallel else { return }
    let path = folder.appendingPathComponent("config.json").path
    let sizes = try parallelDecodingSizes
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

  /// The files of the parts beside the network, opened.
  struct OpenedParts {
    var head: Checkpoint?
    var projector: Checkpoint?
  }

  /// Opens the parts, so that a broken one is told before the network's weights are loaded.
  func openedParts() throws -> OpenedParts {
    func opened(_ part: Part) throws -> Checkpoint? {
      try file(of: part).map { try Checkpoint(file: $0, withoutPrefix: "module.") }
    }
    return OpenedParts(head: try opened(.head), projector: try opened(.projector))
  }

  /// The decoder around the checkpoint's network.
  ///
  /// - Parameter chunkLength: Nil takes that of `config.json`, or the published one.
  func parallelDecoder(
    network: OpenVLA, parts: OpenedParts, loading: CheckpointLoading, chunkLength: Int?
  ) throws -> ParallelDecoder {
    let dtype = type(for: loading)
    let width = network.configuration.language.width
    return ParallelDecoder(
      network: network,
      head: try parts.head.map {
        try RegressionHead(
          $0, width: width, actionLength: Action.count, dtype: dtype, device: loading.device)
      },
      projector: try parts.projector.map {
        try ProprioceptionProjector($0, width: width, dtype: dtype, device: loading.device)
      },
      chunkLength: try chunkLength ?? parallelDecodingSizes.chunkLength
        ?? Self.publishedChunkLength,
      actionLength: Action.count)
  }

  private func fileNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  /// The one file of a part, nil where there is none.
  private func file(of part: Part) throws -> URL? {
    let names = try fileNames().filter(part.isFile)
    guard names.count < 2 else {
      throw CheckpointError.unusable(
        path: folder.path, reason: "it holds \(names.joined(separator: " and ")); leave one there")
    }
    return names.first.map(folder.appendingPathComponent)
  }
}
