import Foundation

extension Baseline {
  /// Makes a run the baseline of a file, in place of the one that is there.
  ///
  /// - Parameters:
  ///   - isForced: accept a run of which the gate does not say that it is as good.
  ///   - reason: why, in the words of whoever forces it; kept in the file beside the gate's.
  /// - Returns: the new baseline, and the gate's objection where it was overruled.
  /// - Throws: `EvaluationError.worseBaseline` where the gate objects and nobody forces it.
  public static func replace(
    at path: String, with run: RunFiles, judgedBy gate: RegressionGate, isForced: Bool,
    reason: String?
  ) throws(EvaluationError) -> (baseline: Baseline, objection: String?) {
    var baseline = try Baseline(of: run)
    guard FileManager.default.fileExists(atPath: path) else {
      try baseline.write(to: path)
      return (baseline, nil)
    }
    let objection: String?
    do {
      let former = try Baseline(at: path)
      baseline.acceptances = former.acceptances
      objection = try gate.report(on: run, against: former).objection
    } catch  where isForced {
      objection = "the former baseline could not be read: \(error)"
    }
    if let objection {
      guard isForced else { throw .worseBaseline(path: path, objection: objection) }
      baseline.acceptances.append(
        [objection, reason].compactMap { $0 }.joined(separator: ". Why: "))
    }
    try baseline.write(to: path)
    return (baseline, objection)
  }
}

extension GateReport {
  /// Why this run should not become the baseline; nil where nothing speaks against it.
  ///
  /// A run of which nobody can say whether it fell may, as long as it did not do worse.
  var objection: String? {
    if !obstacles.isEmpty || policies.isEmpty { return line }
    let worse = policies.filter { policy in
      switch policy.verdict {
      case .pass: false
      case .inconclusive: policy.pairs.change < 0
      case .fail, .notComparable, .infrastructure: true
      }
    }
    return worse.isEmpty ? nil : worse.map(\.headline).joined(separator: "; ")
  }
}
