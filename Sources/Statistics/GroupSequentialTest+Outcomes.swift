import Foundation

extension GroupSequentialTest {
  /// How the test ends, over all that can happen.
  public struct Outcomes: Hashable, Sendable {
    /// The probabilities of the three ends.
    public var fail = 0.0
    public var pass = 0.0
    public var undecided = 0.0
    /// The mean number of pairs when it ends.
    public var meanPairs = 0.0
  }

  /// The probabilities of each end when every pair is lost with probability `loss` and gained with `gain`.
  ///
  /// Exact up to tables of a probability below 1e-12: each look convolves the tables that went on with the
  /// trinomial distribution of the pairs that come in.
  public func outcomes(loss: Double, gain: Double) -> Outcomes {
    precondition(
      loss >= 0 && gain >= 0 && loss + gain <= 1 + 1e-12,
      "no pairs are \(loss) lost, \(gain) gained")
    var outcomes = Outcomes()
    var open = [Table(lost: 0, gained: 0, probability: 1)]
    var count = 0
    for look in looks {
      outcomes.meanPairs += Double(look - count) * open.reduce(0) { $0 + $1.probability }
      let arrived = Self.convolve(open, Self.tables(of: look - count, loss: loss, gain: gain))
      count = look
      open.removeAll(keepingCapacity: true)
      for table in arrived {
        let pairs = PairedCounts(
          gained: table.gained, lost: table.lost, bothFailed: look - table.gained - table.lost)
        switch decision(on: pairs) {
        case .fail: outcomes.fail += table.probability
        case .pass: outcomes.pass += table.probability
        case .undecided: open.append(table)
        }
      }
    }
    outcomes.undecided = open.reduce(0) { $0 + $1.probability }
    return outcomes
  }

  /// The smallest drop that this test fails with probability `power`, to a tenth of a percentage point.
  ///
  /// - Parameter churn: the share of pairs that differ besides the drop, half of them each way.
  /// - Returns: nil where not even the largest possible drop would be seen.
  public func visibleDrop(churn: Double, power: Double) -> Double? {
    func isSeen(_ tenths: Int) -> Bool {
      outcomes(loss: churn / 2 + Double(tenths) / 1000, gain: churn / 2).fail >= power
    }
    var (unseen, seen) = (0, Int(1000 * (1 - churn)))
    guard seen > 0, isSeen(seen) else { return nil }
    while seen - unseen > 1 {
      let middle = (unseen + seen) / 2
      if isSeen(middle) { seen = middle } else { unseen = middle }
    }
    return Double(seen) / 1000
  }

  private struct Table {
    var lost: Int
    var gained: Int
    var probability: Double
  }

  private static let negligible = 1e-12

  /// The trinomial distribution of `count` pairs.
  private static func tables(of count: Int, loss: Double, gain: Double) -> [Table] {
    let losses = BinomialDistribution(trials: count, probability: min(1, loss))
    let share = loss < 1 ? min(1, gain / (1 - loss)) : 0
    var tables: [Table] = []
    for lost in 0...count {
      let mass = losses.mass(lost)
      guard mass > negligible else { continue }
      let gains = BinomialDistribution(trials: count - lost, probability: share)
      for gained in 0...(count - lost) {
        let probability = mass * gains.mass(gained)
        if probability > negligible {
          tables.append(Table(lost: lost, gained: gained, probability: probability))
        }
      }
    }
    return tables
  }

  private static func convolve(_ earlier: [Table], _ later: [Table]) -> [Table] {
    guard let mostLost = earlier.map(\.lost).max(), let mostGained = earlier.map(\.gained).max()
    else { return [] }
    let rows = mostLost + (later.map(\.lost).max() ?? 0) + 1
    let columns = mostGained + (later.map(\.gained).max() ?? 0) + 1
    var grid = [Double](repeating: 0, count: rows * columns)
    for a in earlier {
      for b in later {
        grid[(a.lost + b.lost) * columns + a.gained + b.gained] += a.probability * b.probability
      }
    }
    return grid.indices.compactMap { index in
      guard grid[index] > negligible else { return nil }
      return Table(
        lost: index / columns, gained: index % columns, probability: grid[index])
    }
  }
}
