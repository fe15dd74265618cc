import EnvironmentInterface
import Geometry

/// Checks by agreement with the expert.
extension Doctor {
  /// A change that makes the agreement better by this much is taken for the right convention.
  static let improvement = 0.02
  /// And by so many standard errors of the paired differences.
  static let standardErrors = 3.0
  /// Fewer states say nothing.
  static let leastSamples = 6
  /// Below this agreement, as it is and changed, nothing can be told.
  static let leastAgreement = 0.3

  /// How far two motions point the same way, from -1 to 1, by sample; nil where the expert rests.
  private func cosines(
    _ answers: Answers, _ part: (Action) -> Vector3, least: Double,
    changing change: (Vector3) -> Vector3 = { $0 }
  ) -> [Double?] {
    zip(samples, answers).map { sample, answer in
      let wanted = part(sample.action)
      guard wanted.length > least, let answer else { return nil }
      let given = change(part(answer.actions[0]))
      guard given.length > 1e-12 else { return 0 }
      return wanted.dot(given) / (wanted.length * given.length)
    }
  }

  /// Both motions' cosines one after the other.
  private func agreement(_ answers: Answers) -> [Double?] {
    cosines(answers, { $0.translation }, least: 1e-3)
      + cosines(answers, { $0.rotation }, least: 1e-2)
  }

  /// What a changed convention does to the agreement.
  private func judged(
    _ check: String, asIs: [Double?], changed: [(name: String, cosines: [Double?])], mend: String
  ) -> Finding {
    func mean(_ values: [Double]) -> Double {
      values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
    let plain = mean(asIs.compactMap { $0 })
    let best = changed.map { name, cosines -> (name: String, mean: Double, isBetter: Bool) in
      let gains = zip(cosines, asIs).compactMap { a, b in a.flatMap { a in b.map { a - $0 } } }
      let gain = mean(gains)
      let variance = mean(gains.map { ($0 - gain) * ($0 - gain) })
      let error = (variance / Double(max(gains.count, 1))).squareRoot()
      return (
        name, plain + gain,
        gains.count > 3 && gain > Self.improvement && gain > Self.standardErrors * error
      )
    }.max { $0.mean < $1.mean }
    let known = asIs.count { $0 != nil }
    guard let best, known >= Self.leastSamples else {
      return Finding(check, .unclear, "only \(known) states in which the expert moves so")
    }
    let evidence =
      "agreement with the expert \(text(plain)) as it is, \(text(best.mean)) \(best.name)"
    guard max(plain, best.mean) >= Self.leastAgreement else {
      return Finding(check, .unclear, evidence + ": too little to tell")
    }
    return best.isBetter
      ? Finding(check, .wrong, evidence, mend: mend) : Finding(check, .fine, evidence)
  }

  /// Orders and signs of the numbers that are answered.
  func numberOrders(_ answers: Answers) -> [Finding] {
    func changes(_ part: @escaping (Action) -> Vector3, _ least: Double, _ names: [String])
      -> [(name: String, cosines: [Double?])]
    {
      let orders: [(String, (Vector3) -> Vector3)] = [
        ("as \(names[2]), \(names[1]), \(names[0])", { Vector3($0.z, $0.y, $0.x) }),
        ("as \(names[1]), \(names[0]), \(names[2])", { Vector3($0.y, $0.x, $0.z) }),
        ("with \(names[0]) negated", { Vector3(-$0.x, $0.y, $0.z) }),
        ("with \(names[1]) negated", { Vector3($0.x, -$0.y, $0.z) }),
        ("with \(names[2]) negated", { Vector3($0.x, $0.y, -$0.z) }),
        ("with all negated", { -$0 }),
      ]
      return orders.map { name, change in
        (name, cosines(answers, part, least: least, changing: change))
      }
    }
    return [
      judged(
        "order of translation",
        asIs: cosines(answers, { $0.translation }, least: 1e-3),
        changed: changes({ $0.translation }, 1e-3, ["x", "y", "z"]),
        mend:
          "its frame is another one: say so under frame in the adapter, or turn it in the policy"),
      judged(
        "order of rotation", asIs: cosines(answers, { $0.rotation }, least: 1e-2),
        changed: changes({ $0.rotation }, 1e-2, ["roll", "pitch", "yaw"]),
        mend: "say under rotation in the adapter what its three numbers are"),
    ]
  }

  /// Another way to show the observation.
  func looking(_ variation: ObservationVariation, _ policy: any Policy, _ first: Answers) throws
    -> Finding
  {
    let asIs = agreement(first)
    let changed = try variation.changes.map { name, change in
      (name: name, cosines: agreement(try ask(policy, changing: change)))
    }
    return judged(variation.check, asIs: asIs, changed: changed, mend: variation.mend)
  }
}
