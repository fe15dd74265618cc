import Foundation

/// The mean score of episodes as the OpenVLA paper gives it: 1 for success, half points for what its rules name.
///
/// Its error is the paper's: the sample's standard deviation over the root of the count, over all rollouts pooled.
public struct PaperScore: Hashable, Sendable {
  /// In [0, 1].
  public let mean: Double
  /// Nil for a single episode.
  public let standardError: Double?

  /// What a score needs of records, taken one after another.
  struct Sums: Hashable, Sendable {
    private(set) var count = 0
    /// Half points and their squares add up exactly.
    private(set) var sum = 0.0
    private(set) var squares = 0.0
    private(set) var hasPartialCredit = false

    mutating func add(_ record: EpisodeRecord) {
      let score = record.paperCredit ?? (record.isSuccess ? 1 : 0)
      count += 1
      sum += score
      squares += score * score
      hasPartialCredit = hasPartialCredit || record.paperCredit != nil
    }
  }

  /// Nil where no episode is of a task with partial credit.
  init?(_ sums: Sums) {
    guard sums.hasPartialCredit else { return nil }
    let count = Double(sums.count)
    let mean = sums.sum / count
    self.mean = mean
    let variance = max(0, sums.squares - sums.sum * mean) / (count - 1)
    standardError = count > 1 ? (variance / count).squareRoot() : nil
  }

  init?(of records: [EpisodeRecord]) {
    var sums = Sums()
    for record in records { sums.add(record) }
    self.init(sums)
  }

  /// The mean in percent: `70.6 %`.
  var meanText: String { "\(RateText.decimal(100 * mean, places: 1)) %" }

  /// The error in points of percent: `±3.2`; empty where there is none.
  var errorText: String {
    standardError.map { "±\(RateText.decimal(100 * $0, places: 1))" } ?? ""
  }
}
