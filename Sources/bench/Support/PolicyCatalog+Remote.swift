import ArgumentParser
import Evaluation
import Foundation
import RandomNumbers
import Remote

extension PolicyCatalog {
  /// The policy outside of this program that a name means; nil for other names.
  ///
  /// It is started now, so that one that can't be loaded is told before hours of rollouts with another one.
  func remoteEntrant(named name: String, rowName: String?) throws -> Entrant? {
    guard PythonPolicyName.matches(name) else { return nil }
    let policyName = try PythonPolicyName(name)
    if policyName.place.hasSuffix(".py"),
      !FileManager.default.fileExists(atPath: policyName.place)
    {
      throw ValidationError("--policy \(name): there is no file \(policyName.place).")
    }
    let policy = try PythonPolicy(
      policyName, name: rowName ?? policyName.attribute, settings: remote.pythonSettings)
    var entrant = Entrant(contestant: Contestant(name: policy.name, kind: .entry) { policy })
    entrant.facts = policy.facts
    entrant.facts["source"] = name
    if remote.policyArguments != "{}" { entrant.facts["arguments"] = remote.policyArguments }
    entrant.weightsHash = Self.digest(ofFile: policyName.place)
    return entrant
  }

  /// 16 hexadecimal digits over a file's text; empty where there is none.
  private static func digest(ofFile path: String) -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return "" }
    var stream = RandomStream(seed: 0).named(text)
    let digits = String(stream.nextBits(), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
