import Foundation
import InputFiles
import Networks

extension PolicyCheckpoint {
  /// Fits images to a network as the checkpoint's preprocessor file says, or as published where it has none.
  ///
  /// - Throws: `InputFileError` that names the key of the file.
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
    if configuration.own?.cropsCenter == true { processor.preparation.cropsCenter = true }
    return processor
  }

  private func imageProcessor(side: Int, timmModelIDs: [String]) throws -> ImageProcessor {
    let normalizations = timmModelIDs.enumerated().map { index, id in
      ImageProcessor.Normalization.published(for: id) ?? (index == 0 ? .dino : .sigLIP)
    }
    let configured = configuration.resizeStrategy
    guard let (document, place) = try preprocessorDocument() else {
      return ImageProcessor(
        height: side, width: side, normalizations: normalizations,
        strategy: configured ?? .naive)
    }
    let file: PreprocessorFile = try document.decoded(at: place)
    return try file.processor(
      side: side, normalizations: normalizations, configured: configured
    ) { key, reason in document.failure(at: (place + [key]).joined(separator: "."), reason) }
  }

  /// What describes the image processor: transformers 5 writes it into `processor_config.json` and looks there first,
  /// earlier ones have a file for it alone.
  private func preprocessorDocument() throws -> (JSONDocument, keys: [String])? {
    let key = "image_processor"
    if let document = try documentIfPresent("processor_config.json") {
      try KnownKeys(
        inert: ["processor_class", "auto_map", "chat_template"],
        [key: .object(PreprocessorFile.knownKeys)]
      ).check(document)
      if let value = document.root[key], !value.isEmpty { return (document, [key]) }
    }
    guard let document = try documentIfPresent("preprocessor_config.json") else { return nil }
    try PreprocessorFile.knownKeys.check(document)
    return (document, [])
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
