/// The first bad of a list that is good first and bad from some place on, found by judging as few as possible.
///
/// The last is judged first: where it is good there is nothing to look for. One of which nobody can say is passed
/// over for its neighbours, so that the answer may be a stretch.
public struct Bisection: Sendable {
  /// What is found in the end.
  public enum Answer: Hashable, Sendable {
    /// The last is good.
    case noneIsBad
    /// This is bad and the one before it is good, or there is none before it.
    case firstBad(Int)
    /// The first bad is one of these; nobody can say of those before the last.
    case amongst(ClosedRange<Int>)
    /// Nobody can say of any that was judged.
    case unknown
  }

  public let count: Int
  /// The first that is known to be bad.
  private var bad: Int?
  /// The last that is known to be good; −1 for none.
  private var good = -1
  private var undecided: Set<Int> = []

  /// - Precondition: something to judge.
  public init(of count: Int) {
    precondition(count > 0, "there is nothing to judge")
    self.count = count
  }

  /// Which one to judge next, from 0; nil where the answer is known.
  public var next: Int? {
    guard let bad else { return good < 0 && undecided.isEmpty ? count - 1 : nextFromTheEnd }
    let open = (good + 1..<bad).filter { !undecided.contains($0) }
    let middle = (good + bad) / 2
    return open.min { (abs($0 - middle), $0) < (abs($1 - middle), $1) }
  }

  /// Where the last is undecided an earlier one may still be bad.
  private var nextFromTheEnd: Int? {
    good == count - 1 ? nil : (good + 1..<count).last { !undecided.contains($0) }
  }

  /// Takes in what was judged.
  public mutating func take(_ verdict: GateVerdict, on index: Int) {
    switch verdict {
    case .fail: bad = min(bad ?? index, index)
    case .pass: good = max(good, index)
    case .inconclusive, .notComparable, .infrastructure: undecided.insert(index)
    }
  }

  /// What is known when nothing is left to judge.
  public var answer: Answer {
    guard let bad else { return good == count - 1 ? .noneIsBad : .unknown }
    return bad - good == 1 ? .firstBad(bad) : .amongst(good + 1...bad)
  }
}
