import Foundation

/// The files beside an OpenVLA checkpoint's weights that are parts of its policy, found once when the checkpoint is opened.
struct CheckpointParts: Sendable {
  /// The regression head.
  private(set) var head: URL?
  /// What makes a token of the robot's state.
  private(set) var projector: URL?

  var urls: [URL] { [head, projector].compactMap { $0 } }

  private enum Part: String, CaseIterable {
    case head = "action_head"
    case projector = "proprio_projector"

    func isFile(_ name: String) -> Bool {
      name == "\(rawValue).safetensors" || name.contains(rawValue) && name.contains("checkpoint")
    }
  }

  /// Parts of a published checkpoint that can't be used, by what the published loader looks for in their file's name.
  private static let unusable = [
    "vision_backbone":
      "its vision is conditioned on the language by FiLM, which is not built; use a checkpoint trained without",
    "noisy_action_projector":
      "its actions are denoised by diffusion, which is not built; use a checkpoint with an L1 regression head",
  ]

  /// No parts.
  init() {}

  /// - Throws: `CheckpointError` for files that would change the action and are not read: FiLM, the diffusion head, parts
  ///   of unknown names, two of one kind.
  init(in folder: URL) throws {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    } catch {
      throw CheckpointError.unreadableFile(path: folder.path, reason: "its files can't be listed")
    }
    try Self.check(names, in: folder)
    func url(of part: Part) throws -> URL? {
      let files = names.filter(part.isFile)
      guard files.count < 2 else {
        throw CheckpointError.unusable(
          path: folder.path, reason: "it holds \(files.joined(separator: " and ")); leave one there"
        )
      }
      return files.first.map(folder.appendingPathComponent)
    }
    head = try url(of: .head)
    projector = try url(of: .projector)
  }

  private static func check(_ names: [String], in folder: URL) throws {
    // Formats that weights are stored in; text and code may be called as they like.
    let formats = ["pt", "pth", "bin", "ckpt", "safetensors"]
    for name in names {
      for (part, reason) in unusable where name.contains(part) && name.contains("checkpoint") {
        throw CheckpointError.unusable(
          path: folder.appendingPathComponent(name).path, reason: reason)
      }
      let looksLikePart = ["head", "projector", "vision_backbone", "film"].contains {
        name.lowercased().contains($0)
      }
      if looksLikePart, formats.contains((name as NSString).pathExtension),
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
}
