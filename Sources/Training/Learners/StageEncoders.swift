import EnvironmentInterface
import Foundation
import Policies

/// A sequence encoder for each stage, which remembers what it has tokenized; halves of a batch share them.
final class StageEncoders {
  private let vocabulary: Vocabulary
  private let statistics: [String: ActionStatistics]
  private var encoders: [String: SequenceEncoder] = [:]
  private let lock = NSLock()

  /// - Parameter statistics: By dataset.
  init(_ vocabulary: Vocabulary, _ statistics: [String: DatasetStatistics]) {
    self.vocabulary = vocabulary
    self.statistics = statistics.mapValues(\.action)
  }

  /// What `body` makes with the encoder of a stage.
  func encoding<Result>(
    in stage: Stage, _ body: (inout SequenceEncoder) throws -> Result
  ) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    var encoder =
      encoders[stage.name]
      ?? SequenceEncoder(
        vocabulary: vocabulary, statistics: statistics, gripperWeight: stage.gripperWeight,
        locationWeight: stage.locationWeight, gazeAt: stage.gazeAt ?? .places)
    defer { encoders[stage.name] = encoder }
    return try body(&encoder)
  }
}
