import Testing

@testable import Datasets

@Suite struct DatasetStatisticsTests {
  /// Values that NumPy 2.4 gives for the columns [1, 2, 4, 8, 16] and [0, 0, 0, 0, 1].
  @Test func seriesAreNumPys() {
    let rows: [[Double]] = [[1, 0], [2, 0], [4, 0], [8, 0], [16, 1]]
    let statistics = DatasetStatistics(
      actions: rows, states: rows, episodes: 1, mask: [true, false])
    let tolerance = 1e-12  // rounding of sums of five numbers
    func close(_ found: [Double], _ expected: [Double]) -> Bool {
      zip(found, expected).allSatisfy { abs($0 - $1) < tolerance }
    }
    #expect(close(statistics.action.mean, [6.2, 0.2]))
    #expect(close(statistics.action.std, [5.455272678794342, 0.4]))
    #expect(close(statistics.action.q01, [1.04, 0]))
    #expect(close(statistics.action.q99, [15.68, 0.96]))
    #expect(statistics.action.min == [1, 0] && statistics.action.max == [16, 1])
  }
}
