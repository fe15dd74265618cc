import Foundation
import ImageFiles
import Networks

/// What `preprocessor_config.json` says of images, in the published `PrismaticImageProcessor`'s keys.
struct PreprocessorFile: Decodable {
  var strategy: ImageProcessor.Strategy?
  /// Channels, height, width for each encoder.
  var inputSizes: [[Int]]?
  var interpolations: [ResamplingFilter]?
  var means: [[Float]]?
  var deviations: [[Float]]?
  /// The constants that are used where they are stored: those of `openvla-7b` went through bfloat16.
  var stored: [ImageProcessor.Normalization]?

  enum CodingKeys: String, CodingKey {
    case strategy = "image_resize_strategy"
    case inputSizes = "input_sizes"
    case interpolations, means
    case deviations = "stds"
    case stored = "tvf_normalize_params"
  }

  /// - Parameters:
  ///   - side: The model's image size where the file has none.
  ///   - published: The normalization of each encoder where the file has none.
  ///   - path: What an error calls the file.
  /// - Throws: `CheckpointError` that names the key.
  func processor(
    side: Int, normalizations published: [ImageProcessor.Normalization], path: String
  ) throws -> ImageProcessor {
    let encoderCount = published.count
    func bad(_ reason: String) -> CheckpointError {
      .unreadableFile(path: path, reason: reason)
    }
    let sizes = Set((inputSizes ?? []).map { Array($0.suffix(2)) })
    guard sizes.count <= 1, sizes.allSatisfy({ $0 == [side, side] }) else {
      throw bad(
        "at 'input_sizes': the encoders take images of \(side)×\(side), "
          + "the file says \(sizes.sorted { $0.lexicographicallyPrecedes($1) })")
    }
    guard Set(interpolations ?? []).count <= 1 else {
      throw bad("at 'interpolations': all encoders must use one filter")
    }
    var normalizations = stored
    if normalizations == nil, let means, let deviations, means.count == deviations.count {
      normalizations = zip(means, deviations).map { .init(mean: $0, std: $1) }
    }
    let chosen = normalizations ?? published
    guard chosen.count == encoderCount else {
      throw bad("at 'means': \(chosen.count) normalizations for \(encoderCount) encoders")
    }
    guard
      chosen.allSatisfy({ one in
        one.mean.count == 3 && one.std.count == 3 && one.std.allSatisfy { $0 > 0 && $0.isFinite }
      })
    else {
      throw bad("at 'means' and 'stds': each encoder needs three numbers, deviations above 0")
    }
    return ImageProcessor(
      height: side, width: side, normalizations: chosen, strategy: strategy ?? .naive,
      filter: interpolations?.first ?? .bicubic)
  }
}

extension PolicyCheckpoint {
  /// Fits images to a network as the checkpoint's preprocessor file says, or as published where it has none.
  ///
  /// - Throws: `CheckpointError` that names the key of the file.
  public func imageProcessor(
    for network: OpenVLA, _ preparation: ImagePreparation = ImagePreparation()
  ) throws -> ImageProcessor {
    // One of our own has no names.
    let names =
      network.configuration.timmModelIDs
      ?? Array(repeating: "", count: network.vision.transformers.count)
    var processor = try imageProcessor(
      side: network.configuration.imageSizes.first ?? 224, timmModelIDs: names)
    processor.preparation = preparation
    return processor
  }

  private func imageProcessor(side: Int, timmModelIDs: [String]) throws -> ImageProcessor {
    let normalizations = timmModelIDs.enumerated().map { index, id in
      ImageProcessor.Normalization.published(for: id) ?? (index == 0 ? .dino : .sigLIP)
    }
    let name = "preprocessor_config.json"
    let path = folder.appendingPathComponent(name).path
    guard FileManager.default.fileExists(atPath: path) else {
      return ImageProcessor(height: side, width: side, normalizations: normalizations)
    }
    let file = try decoded(PreprocessorFile.self, from: name, for: "image constants")
    return try file.processor(side: side, normalizations: normalizations, path: path)
  }
}

extension ImageProcessor.Normalization {
  /// What an encoder of timm was trained with, by its name; nil for one that is not known.
  static func published(for timmModelID: String) -> Self? {
    if timmModelID.contains("dino") { return .dino }
    if timmModelID.contains("siglip") { return .sigLIP }
    if timmModelID.contains("clip") { return .clip }
    return nil
  }

  /// CLIP's (Radford et al. 2021).
  static let clip = Self(
    mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711])
}
