/// A look over a YAML text for what is refused before anything is parsed: anchors, aliases, tags, and keys that are no words.
///
/// A nest of aliases stands for exponentially many values, and comparing keys that are collections walks through all of
/// them; both are cheap to write and useless in data files.
///
/// Quoted texts and comments are passed over, so that `"this: *that*"` is read. The look does not follow YAML's whole syntax: it
/// passes over a quoted text where one surely begins and ends within its line. From the first quotation mark on of which
/// that is not sure, it looks at everything, which errs towards refusing.
struct YAMLScan {
  private let text: String

  init(_ text: String) { self.text = text }

  func complaint(file: String) -> YAMLComplaint? {
    var state = State()
    for (index, line) in Self.lines(of: text).enumerated() {
      state.last?.isOfEarlierLine = true
      if let problem = problem(in: line, &state) {
        return YAMLComplaint(
          file: file, line: index + 1, problem: problem,
          mend: "write the value itself; put a text that looks like this into quotation marks")
      }
    }
    return nil
  }

  private struct State {
    /// The last character that is no blank.
    var last: Last?
    /// How many lists and mappings in brackets are open.
    var depth = 0
    /// Whether it is known where quoted texts begin, and that no line begins within one.
    var knowsQuotes = true
    var knowsComments = true
  }

  private struct Last {
    var scalar: Unicode.Scalar
    /// A value may follow, or has just been closed: it is one of YAML's marks and no part of plain words.
    var isMark = false
    /// It closed a quoted text.
    var endsQuote = false
    var isSpaced = false
    var isOfEarlierLine = false

    var isClosing: Bool { isMark && (scalar == "]" || scalar == "}") }
    /// Whether plain words may go on behind it on a new line.
    var endsPlainWords: Bool { !isMark && !endsQuote }
  }

  private static func lines(of text: String) -> [[Unicode.Scalar]] {
    var lines: [[Unicode.Scalar]] = [[]]
    var earlier: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where earlier == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": lines.append([])
      default: lines[lines.count - 1].append(scalar)
      }
      earlier = scalar
    }
    return lines
  }

  private func problem(in line: [Unicode.Scalar], _ state: inout State) -> String? {
    var place = 0
    while place < line.count {
      let scalar = line[place]
      let following = place + 1 < line.count ? line[place + 1] : nil
      let last = state.last
      let isFirst = last?.isOfEarlierLine ?? true
      place += 1
      switch scalar {
      case " ", "\t", "\u{feff}":
        state.last?.isSpaced = true
        continue
      case "#" where state.knowsComments && (isFirst || last?.isSpaced == true):
        return nil
      case "\"", "'":
        let surely = state.knowsQuotes && surelyStartsQuote(after: last)
        if surely, let end = Self.end(of: line, from: place) {
          place = end
          state.last = Last(scalar: scalar, endsQuote: true)
          continue
        }
        // Behind plain words it is a letter like others; elsewhere it may begin a text that ends nobody knows where.
        if isFirst || last?.endsPlainWords != true {
          state.knowsQuotes = false
          state.knowsComments = false
        }
      case "|" where startsSurely(after: last), ">" where startsSurely(after: last),
        "[" where isFirst && last?.endsPlainWords == true,
        "{" where isFirst && last?.endsPlainWords == true:
        // A text over several lines, or plain words that may go on: brackets and quotation marks within mean nothing.
        state.knowsQuotes = false
      default: break
      }
      if let problem = problem(scalar, after: isFirst ? nil : last, before: following) {
        return problem
      }
      let isMark = isMark(scalar, before: following, state)
      if isMark {
        switch scalar {
        case "[", "{": state.depth += 1
        case "]", "}": state.depth -= 1
        default: break
        }
      }
      state.last = Last(scalar: scalar, isMark: isMark)
    }
    return nil
  }

  /// Whether a character is one of YAML's marks there and no part of plain words.
  private func isMark(
    _ scalar: Unicode.Scalar, before following: Unicode.Scalar?, _ state: State
  ) -> Bool {
    switch scalar {
    case "[", "{": state.depth > 0 || startsSurely(after: state.last)
    case ",", "]", "}": state.depth > 0
    case ":": Self.endsWord(following)
    case "-", "?": startsSurely(after: state.last) && Self.endsWord(following)
    default: false
    }
  }

  /// Whether a value can begin behind a character and nothing else can.
  private func startsSurely(after last: Last?) -> Bool {
    guard let last else { return true }
    return last.isMark && !last.isClosing || last.isOfEarlierLine
  }

  /// Where a quoted text that begins at `start`, behind its mark, has ended; nil where that is not on this line.
  private static func end(of line: [Unicode.Scalar], from start: Int) -> Int? {
    let mark = line[start - 1]
    var place = start
    while place < line.count {
      switch line[place] {
      case "\\" where mark == "\"": place += 2
      case mark where mark == "'" && place + 1 < line.count && line[place + 1] == mark: place += 2
      case mark: return place + 1
      default: place += 1
      }
    }
    return nil
  }

  /// Whether a quotation mark behind a character can be nothing but the beginning of a quoted text.
  private func surelyStartsQuote(after last: Last?) -> Bool {
    guard let last else { return true }
    if last.isMark, !last.isClosing { return true }
    // A new line after a whole value; one after plain words may go on with them.
    return last.isOfEarlierLine && !last.endsPlainWords
  }

  private static func endsWord(_ following: Unicode.Scalar?) -> Bool {
    following.map { " \t".unicodeScalars.contains($0) } ?? true
  }

  private func problem(
    _ scalar: Unicode.Scalar, after last: Last?, before following: Unicode.Scalar?
  ) -> String? {
    let endsWord = Self.endsWord(following)
    switch scalar {
    case "&", "*", "!":
      guard startsValue(after: last), !endsWord else { return nil }
      let kind = scalar == "&" ? "an anchor" : scalar == "*" ? "an alias" : "a tag"
      return "\(kind) ('\(scalar)') is not read here"
    case "?":
      return startsValue(after: last) && endsWord ? "a key must be one word" : nil
    case ":":
      guard let last, !last.endsQuote, last.scalar == "]" || last.scalar == "}" else { return nil }
      return "a list or mapping cannot be a key"
    default: return nil
    }
  }

  /// Whether a value or a key may begin behind a character.
  private func startsValue(after last: Last?) -> Bool {
    guard let last, !last.endsQuote else { return last == nil }
    switch last.scalar {
    case "[", "{", ",", ":": return true
    case "-", "?": return last.isSpaced
    default: return false
    }
  }
}
