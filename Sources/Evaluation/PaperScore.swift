import Foundation

/// The mean score of episodes as the OpenVLA paper gives it: 1 for success, half points for what its rules name.
///
/// Its error is the paper's: the sample's standard deviation over the root of the count, over all rollouts pooled.
public struct PaperScore: Hashable, Sendable {
  /// In [0, 1].
  public let mean: Double
  /// Nil for a single episode.
  public let standardError: Double?

  /// Nil where no episode is of a task with partial credit.
  init?(of records: [EpisodeRecord]) {
    guard records.contains(where: { $0.paperCredit != nil }) else { return nil }
    let scores = records.map { $0.paperCredit ?? ($0.isSuccess ? 1 : 0) }
    let count = Double(scores.count)
    let mean = scores.reduce(0, +) / count
    let squares = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    standardError = count > 1 ? (squares / (count - 1) / count).squareRoot() : nil
  }

  /// The mean in percent: `70.6 %`.
  var meanText: String { "\(RateText.decimal(100 * mean, places: 1)) %" }

  /// The error in points of percent: `±3.2`; empty where there is none.
  var errorText: String {
    standardError.map { "±\(RateText.decimal(100 * $0, places: 1))" } ?? ""
  }
}
