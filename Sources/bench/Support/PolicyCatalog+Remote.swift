import ArgumentParser
import EnvironmentInterface
import Evaluation
import Foundation
import RandomNumbers
import Remote

extension PolicyCatalog {
  /// The policy outside of this program that a name means; nil for other names.
  ///
  /// It is started or connected to now, so that one that can't act is told before hours of rollouts with another one.
  func remoteEntrant(named name: String) throws -> Entrant? {
    if RemoteAddress.matches(name) { return try serverEntrant(at: name) }
    if PythonPolicyName.matches(name) { return try pythonEntrant(named: name) }
    if Self.isTraffic(name) { return try recordedEntrant(named: name) }
    return nil
  }

  /// Whether a name is that of a file of recorded traffic.
  static func isTraffic(_ name: String) -> Bool { name.hasSuffix(".traffic") }

  /// What `--record-traffic` needs to be sure of: one server, so that the file tells of one.
  func checkRecording(of names: [String]) throws {
    guard let path = traffic else { return }
    guard !names.contains(where: { ControlName($0) != nil }) else {
      throw ValidationError(
        "--record-traffic \(path): a control's questions are no server's own; record a run without controls."
      )
    }
    let servers = names.filter(RemoteAddress.matches)
    guard servers.count == 1 else {
      throw ValidationError(
        "--record-traffic \(path): give one --policy that is a server's address; \(servers.count) were given."
      )
    }
  }

  private func recordedEntrant(named name: String) throws -> Entrant {
    let recording = try TrafficRecording(contentsOf: name)
    let title = URL(fileURLWithPath: name).deletingPathExtension().lastPathComponent
    let policy = try RecordedPolicy(
      name: title, recording, cameras: Set(setups.flatMap(\.cameras).map(\.name)))
    var entrant = try compared(policy, facts: policy.facts)
    entrant.weightsHash = recording.digest
    return entrant
  }

  private func pythonEntrant(named name: String) throws -> Entrant {
    let policyName = try PythonPolicyName(name)
    if policyName.place.hasSuffix(".py"),
      !FileManager.default.fileExists(atPath: policyName.place)
    {
      throw ValidationError("--policy \(name): there is no file \(policyName.place).")
    }
    let policy = try PythonPolicy(
      policyName, name: policyName.attribute, settings: remote.pythonSettings)
    var entrant = try compared(policy, facts: policy.facts)
    entrant.facts["source"] = name
    if remote.policyArguments != "{}" { entrant.facts["arguments"] = remote.policyArguments }
    entrant.weightsHash = Self.digest(ofFile: policyName.place)
    return entrant
  }

  private func serverEntrant(at text: String) throws -> Entrant {
    let address = try RemoteAddress(text)
    let settings = try remote.remoteSettings()
    let named = try remote.adapter.map(adapter(named:))
    let dialect =
      try remote.dialect.flatMap(Dialect.init) ?? named?.dialect
      ?? Dialect.probed(at: address, settings: settings)
    let policy = try RemotePolicy(
      name: "\(address.host):\(address.port)", address: address, dialect: dialect,
      adapter: try named ?? adapter(named: dialect.defaultAdapter),
      cameras: Set(setups.flatMap(\.cameras).map(\.name)), settings: settings)
    var entrant = try compared(policy, facts: policy.facts)
    entrant.recorder = try traffic.map { try policy.record(to: $0) }
    return entrant
  }

  /// The row of a policy whose interface fits the set-ups; every adaptation is among its facts.
  ///
  /// - Throws: `RemoteError.unfit` where a difference is not adapted, with the mend of each.
  private func compared(_ policy: any Policy, facts: [String: String]) throws -> Entrant {
    var adaptations = facts["adaptations"].map { [$0] } ?? []
    for setup in setups {
      let differences = Interface.differences(ofPolicy: policy.interface, from: setup)
      let refused = differences.filter(\.isRefused)
      guard refused.isEmpty else {
        throw RemoteError.unfit(
          policy.name,
          reason: "\(setup.name): " + refused.map(\.description).joined(separator: "; "))
      }
      for difference in differences where !adaptations.contains(difference.description) {
        adaptations.append(difference.description)
      }
    }
    var entrant = Entrant(contestant: Contestant(name: policy.name, kind: .entry) { policy })
    entrant.facts = facts
    if !adaptations.isEmpty { entrant.facts["adaptations"] = adaptations.joined(separator: "; ") }
    return entrant
  }

  /// The adapter of a name under `Adapters/`, or of a file.
  func adapter(named name: String) throws -> Adapter {
    if name.hasSuffix(".yaml") || name.contains("/") {
      let file = URL(fileURLWithPath: name)
      return try Adapter(
        atPath: file.path, named: file.deletingPathExtension().lastPathComponent)
    }
    return try Adapter(atPath: root.path("Adapters/\(name).yaml").path, named: name)
  }

  /// 16 hexadecimal digits over a file's text; empty where there is none.
  private static func digest(ofFile path: String) -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return "" }
    var stream = RandomStream(seed: 0).named(text)
    let digits = String(stream.nextBits(), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
