/// One respect in which a policy's interface is not the set-up's, and what is done about it.
public struct InterfaceDifference: Hashable, Sendable {
  public enum Resolution: Hashable, Sendable {
    /// The program adapts, by this name, which `run.json` keeps.
    case adapted(String)
    /// Nothing sensible can be done; the mend says what to set.
    case refused(mend: String)
  }

  /// What differs, such as `camera wrist` or `rotation`.
  public var subject: String
  /// What the policy says, and what the set-up says.
  public var policy: String
  public var setup: String
  public var resolution: Resolution

  public init(subject: String, policy: String, setup: String, resolution: Resolution) {
    self.subject = subject
    self.policy = policy
    self.setup = setup
    self.resolution = resolution
  }

  /// The adaptation's name; nil where there is none.
  public var adaptation: String? {
    if case .adapted(let name) = resolution { name } else { nil }
  }

  public var isRefused: Bool { adaptation == nil }
}

extension InterfaceDifference: CustomStringConvertible {
  public var description: String {
    switch resolution {
    case .adapted(let name): "\(subject): \(name)"
    case .refused(let mend):
      "\(subject): the policy has \(policy), the set-up \(setup); \(mend)"
    }
  }
}
