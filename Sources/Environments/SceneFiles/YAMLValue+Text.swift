import StrictYAML

extension YAMLValue {
  /// A name that can stand in an episode's id, a path and a table: letters, digits, `-`, `_` and `.`.
  func identifier() throws -> String {
    let name = try text(atMost: TextLimits.name)
    let isPlain = name.unicodeScalars.allSatisfy {
      $0.isASCII
        && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
          || "-_.".unicodeScalars.contains($0))
    }
    guard isPlain, name.first != ".", name.first != "-" else {
      throw error(
        "'\(name)' is no name",
        mend: "use letters, digits and hyphens, such as red-cup, and begin with a letter or digit")
    }
    return name
  }

  /// A text of one line.
  func text(atMost length: Int) throws -> String {
    let text = try string()
    guard text.count <= length else {
      throw error("the text has \(text.count) characters", mend: "write at most \(length)")
    }
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw error("the text holds a control character or line break", mend: "remove it") }
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw error("the text is blank", mend: "write a word")
    }
    return text
  }

  /// One phrase, or a list of phrases, each once.
  func phrases() throws -> [String] {
    let entries = isList ? try list(.names) : [self]
    var known: Set<String> = []
    return entries.compactMap { entry in
      entry.read(or: nil) { entry in
        let phrase = try entry.text(atMost: TextLimits.phrase)
        guard known.insert(phrase).inserted else {
          throw entry.error("'\(phrase)' occurs twice", mend: "keep one of them")
        }
        return phrase
      }
    }
  }
}
