import Files
import Policies

/// A policy's name with what it is kept from: `openvla+grey-image`.
struct ControlName {
  /// The policy as `--policy` takes it.
  let policy: String
  let blindness: Blindness

  init(_ policy: String, _ blindness: Blindness) {
    self.policy = policy
    self.blindness = blindness
  }

  /// Nil for a name that is no control's; a folder is one, whatever its name is.
  init?(_ text: String) {
    guard !FileContents.exists(text), let plus = text.lastIndex(of: "+"),
      let blindness = Blindness(rawValue: String(text[text.index(after: plus)...]))
    else { return nil }
    policy = String(text[..<plus])
    self.blindness = blindness
  }

  var text: String { Self.text(policy, blindness) }

  /// What the control of a row is called.
  static func text(_ row: String, _ blindness: Blindness) -> String {
    "\(row)+\(blindness.rawValue)"
  }

  /// The policy that a name is about, itself for one that is no control's.
  static func policy(of text: String) -> String { ControlName(text)?.policy ?? text }
}
