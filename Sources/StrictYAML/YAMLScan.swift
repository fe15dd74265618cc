/// A look over a YAML text for what is refused before anything is parsed: anchors, aliases, tags, and keys that are no words.
///
/// A nest of aliases stands for exponentially many values, and comparing keys that are collections walks through all of
/// them; both are cheap to write and useless in data files. The look errs towards refusing: it does not know about quotes, so
/// that a text such as `"this: *that*"` is refused as well, and a mend says so.
struct YAMLScan {
  private let text: String

  init(_ text: String) { self.text = text }

  func complaint(file: String) -> YAMLComplaint? {
    var line = 1
    // The last character of the line that is no blank, and whether a blank follows it; nil at a line's start.
    var last: (scalar: Unicode.Scalar, spaced: Bool)?
    var isComment = false
    var scalars = text.unicodeScalars.makeIterator()
    var current = scalars.next()
    while let scalar = current {
      let following = scalars.next()
      current = following
      switch scalar {
      case "\r" where following == "\n": continue
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        line += 1
        last = nil
        isComment = false
        continue
      case " ", "\t", "\u{feff}":
        last?.spaced = true
        continue
      case "#" where last == nil: isComment = true
      default: break
      }
      if !isComment, let problem = problem(scalar, after: last, before: following) {
        return YAMLComplaint(
          file: file, line: line, problem: problem,
          mend: "write the value itself; a text that looks like this is written otherwise")
      }
      last = (scalar, false)
    }
    return nil
  }

  private func problem(
    _ scalar: Unicode.Scalar, after last: (scalar: Unicode.Scalar, spaced: Bool)?,
    before following: Unicode.Scalar?
  ) -> String? {
    let endsWord = following.map { " \t\r\n\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) }
    switch scalar {
    case "&", "*", "!":
      guard startsValue(after: last), endsWord == false else { return nil }
      let kind = scalar == "&" ? "an anchor" : scalar == "*" ? "an alias" : "a tag"
      return "\(kind) ('\(scalar)') is not read here"
    case "?":
      return startsValue(after: last) && endsWord != false ? "a key must be one word" : nil
    case ":":
      guard let last, last.scalar == "]" || last.scalar == "}" else { return nil }
      return "a list or mapping cannot be a key"
    default: return nil
    }
  }

  /// Whether a value or a key may begin behind a character.
  private func startsValue(after last: (scalar: Unicode.Scalar, spaced: Bool)?) -> Bool {
    guard let last else { return true }
    switch last.scalar {
    case "[", "{", ",", ":": return true
    case "-", "?": return last.spaced
    default: return false
    }
  }
}
