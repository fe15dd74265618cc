import Foundation
import RandomNumbers
import Torch

extension PolicyCheckpoint {
  /// Files beside the weights that are read where they exist.
  private static let readNames = [
    "config.json", "dataset_statistics.json", "generation_config.json", "preprocessor_config.json",
    "processor_config.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json",
    "added_tokens.json",
  ]

  /// All files that an action depends on, by name: those that are read, and no others.
  func readFiles() throws -> [URL] {
    let beside = Self.readNames.map(folder.appendingPathComponent).filter {
      FileManager.default.fileExists(atPath: $0.path)
    }
    let weights = (try? Checkpoint(folder: folder).fileURLs) ?? []
    return (beside + weights + parts.urls).sorted {
      $0.lastPathComponent < $1.lastPathComponent
    }
  }

  /// 16 hexadecimal digits over all files that an action depends on.
  public func weightsHash() throws -> String {
    var hash = StableHash()
    for url in try readFiles() {
      Data(url.lastPathComponent.utf8).withUnsafeBytes { hash.combine(words: $0) }
      // Mapped, so that a large checkpoint is not read into memory twice.
      try Data(contentsOf: url, options: .alwaysMapped)
        .withUnsafeBytes { hash.combine(words: $0) }
    }
    return hash.hexadecimal
  }
}
