import Testing

@testable import Evaluation

@Suite struct BisectionTests {
  /// Judges as the search asks.
  ///
  /// - Parameter verdicts: `p` pass, `f` fail, `i` nobody can say.
  private func search(_ verdicts: String) -> (answer: Bisection.Answer, judged: [Int]) {
    let known = verdicts.map { letter -> GateVerdict in
      letter == "p" ? .pass : letter == "f" ? .fail : .inconclusive
    }
    var bisection = Bisection(of: known.count)
    var judged: [Int] = []
    while let next = bisection.next {
      judged.append(next)
      bisection.take(known[next], on: next)
      if judged.count > known.count { break }
    }
    return (bisection.answer, judged)
  }

  @Test(arguments: [
    ("p", Bisection.Answer.noneIsBad), ("f", .firstBad(0)), ("pppp", .noneIsBad),
    ("ffff", .firstBad(0)), ("pppf", .firstBad(3)), ("pfff", .firstBad(1)),
    ("ppif", .amongst(2...3)), ("piif", .amongst(1...3)), ("pfif", .firstBad(1)),
    ("pfi", .firstBad(1)), ("ppi", .unknown), ("iii", .unknown), ("iif", .amongst(0...2)),
  ])
  func theFirstBadIsFound(verdicts: String, answer: Bisection.Answer) {
    let found = search(verdicts)
    #expect(found.answer == answer)
    #expect(Set(found.judged).count == found.judged.count, "none is judged twice")
  }

  @Test func aThousandTakeElevenJudgements() {
    for first in [0, 1, 499, 998, 999] {
      let verdicts =
        String(repeating: "p", count: first) + String(repeating: "f", count: 1000 - first)
      let found = search(verdicts)
      #expect(found.answer == .firstBad(first))
      #expect(found.judged.count <= 11)
    }
  }
}
