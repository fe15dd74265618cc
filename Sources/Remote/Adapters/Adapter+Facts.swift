import EnvironmentInterface

extension Adapter {
  /// What `run.json` says of a policy that is spoken to by this adapter.
  ///
  /// - Parameter greeting: what the server says of itself.
  func facts(cameras: Set<String>, greeting: WireValue) -> [String: String] {
    var facts = ["adapter": name]
    if !greeting.keys.isEmpty { facts["server"] = greeting.summary }
    let notes = notes(cameras: cameras)
    if !notes.isEmpty { facts["adaptations"] = notes.joined(separator: "; ") }
    return facts
  }

  /// How answers become actions.
  ///
  /// - Throws: `RemoteError.unfit` where no set-up takes what the adapter says that it answers.
  func adaptation(for policy: String) throws(RemoteError) -> ActionAdaptation {
    guard let adaptation = ActionAdaptation(from: output.layout) else {
      throw .unfit(
        policy,
        reason: "adapter \(name) says that it answers joints, absolute poses, velocities, "
          + "another frame or a sticky gripper; no set-up takes those yet")
    }
    return adaptation
  }
}

extension WireValue {
  /// What a server says of itself on one line.
  fileprivate var summary: String {
    guard case .map(let entries) = self else { return kind }
    return entries.prefix(16).compactMap { entry in
      guard let key = entry.key.string else { return nil }
      let value = entry.value.string ?? entry.value.double.map { "\($0)" } ?? entry.value.kind
      return "\(key): \(value.prefix(80))"
    }.joined(separator: ", ")
  }
}
