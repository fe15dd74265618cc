import ArgumentParser
import Evaluation
import Files

/// A run as the command line names it: `RUN`, or `RUN:POLICY` for one policy of it.
struct RunSide {
  let path: String
  let policy: String?

  /// A path that exists is a run as it stands, whatever colons are in it.
  init(_ text: String) {
    guard !FileContents.exists(text), let colon = text.lastIndex(of: ":"),
      case let path = String(text[..<colon]), FileContents.exists(path)
    else {
      (path, policy) = (text, nil)
      return
    }
    self.path = path
    policy = String(text[text.index(after: colon)...])
  }
}

/// One run or two as the command line names them, an earlier one first.
struct RunSides {
  let first: RunSide
  /// Nil for one run alone.
  let second: RunSide?

  /// - Throws: `ValidationError` for none or more than two, and where one alone of two has a policy.
  init(_ texts: [String]) throws {
    guard (1...2).contains(texts.count) else {
      throw ValidationError("give one run or two; \(texts.count) were given.")
    }
    first = RunSide(texts[0])
    second = texts.count == 2 ? RunSide(texts[1]) : nil
    let named = [first, second].compactMap { $0?.policy }
    guard named.isEmpty || named.count == texts.count, !named.contains("") else {
      throw ValidationError("name a policy for both runs, RUN:A RUN:B, or for neither.")
    }
  }

  /// The policies that are named, the first run's first; empty for none.
  var policies: [String] { [first.policy, second?.policy].compactMap { $0 } }

  /// The same as a set; nil for none.
  var named: Set<String>? { policies.isEmpty ? nil : Set(policies) }

  /// Which policies of two runs are compared: those that are named, else all that both have.
  ///
  /// - Throws: `EvaluationError.unknownPolicy` where a run lacks what is named, or they share none.
  func pairs(_ earlier: RunFiles, _ later: RunFiles) throws -> [PolicyPair] {
    guard let one = first.policy, let other = second?.policy else {
      return try PolicyPair.common(to: earlier, and: later)
    }
    for (run, name) in [(earlier, one), (later, other)] where !run.policies.contains(name) {
      throw EvaluationError.unknownPolicy(name, run: run.path, known: run.policies)
    }
    return [PolicyPair(one, other)]
  }

  /// Reads both runs; the earlier one is nil for one run alone.
  ///
  /// - Throws: `EvaluationError`, for the same run twice too, unless two policies of it are named.
  func read() throws -> (earlier: RunFiles?, later: RunFiles) {
    guard let second else { return (nil, try RunFiles(at: first.path)) }
    if Set(policies).count < 2 { try RegressionGate.checkDistinct(first.path, second.path) }
    let earlier = try RunFiles(at: first.path)
    return (earlier, first.path == second.path ? earlier : try RunFiles(at: second.path))
  }
}
