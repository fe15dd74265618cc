import Yams

extension YAMLValue {
  public func list() throws -> [YAMLValue] {
    guard case .sequence(let sequence) = node else {
      throw error("expected a list", mend: "write [a, b, …] or one `- item` a line")
    }
    return sequence.enumerated().map { index, node in
      YAMLValue(node: node, file: file, key: "\(key)[\(index)]", complaints: complaints)
    }
  }

  /// A list of so many items.
  public func list(_ limits: CountLimits) throws -> [YAMLValue] {
    let items = try list()
    guard limits.range.contains(items.count) else {
      throw error("the list has \(items.count) items", mend: "give it \(limits)")
    }
    return items
  }

  /// What `body` makes of the items of a list; mistakes in items are recorded and the items left out.
  public func items<Item>(
    _ limits: CountLimits = CountLimits(0...10_000, "items"), _ body: (YAMLValue) throws -> Item
  ) throws -> [Item] {
    try list(limits).compactMap { item in item.read(or: nil) { try body($0) } }
  }

  public func numbers(_ count: Int) throws -> [Double] {
    try numbers(count) { try $0.number() }
  }

  /// A list of so many numbers within limits.
  public func numbers(_ count: Int, within limits: NumberLimits) throws -> [Double] {
    try numbers(count) { try $0.number(within: limits) }
  }

  private func numbers(_ count: Int, _ body: (YAMLValue) throws -> Double) throws -> [Double] {
    let items = try list()
    guard items.count == count else {
      throw error("expected \(count) numbers, found \(items.count)", mend: "write \(count) numbers")
    }
    return try items.map(body)
  }

  /// One word, or a list of words.
  public func strings() throws -> [String] {
    if isList { return try items { try $0.string() } }
    return [try string()]
  }

  /// A mapping with these keys and no others: another key is recorded as a mistake.
  public func mapping(knownKeys: [String]) throws -> YAMLMapping {
    guard isMapping else {
      throw error(
        "expected a mapping with keys \(knownKeys.joined(separator: ", "))",
        mend: "write `key: value` lines")
    }
    var entries: [String: YAMLValue] = [:]
    for (keyLine, name, value) in pairs() {
      guard knownKeys.contains(name) else {
        let mend = "use one of: \(knownKeys.joined(separator: ", "))"
        complaints.add(
          YAMLComplaint(
            file: file, line: keyLine, key: value.key, problem: "unknown key '\(name)'", mend: mend)
        )
        continue
      }
      entries[name] = value
    }
    return YAMLMapping(whole: self, entries: entries)
  }

  /// The entries of a mapping whose keys are names that the file chooses, in the file's order.
  public func namedEntries(
    _ limits: CountLimits = CountLimits(0...1000, "entries")
  ) throws -> [(name: String, value: YAMLValue)] {
    guard isMapping else {
      throw error("expected a mapping from names to entries", mend: "write `name: {…}` lines")
    }
    let pairs = pairs()
    guard limits.range.contains(pairs.count) else {
      throw error("the mapping has \(pairs.count) entries", mend: "give it \(limits)")
    }
    return pairs.map { ($0.name, $0.value) }
  }

  /// The entry of a key, whatever other keys there are; nil where this is no mapping or lacks it.
  public func entry(_ name: String) -> YAMLValue? {
    pairs(recording: false).first { $0.name == name }?.value
  }

  /// The value at a place below this one, as `key` writes places: `stages[1].steps`; nil where there is none.
  public func value(at place: String) -> YAMLValue? {
    var value = self
    for step in place.split(separator: ".") {
      let parts = step.split(separator: "[")
      guard let name = parts.first, let entry = value.entry(String(name)) else { return nil }
      value = entry
      for index in parts.dropFirst() {
        guard let number = Int(index.dropLast()), let items = try? value.list(),
          items.indices.contains(number)
        else { return nil }
        value = items[number]
      }
    }
    return value
  }

  /// Records that something is wrong at a place below this value, which may be missing.
  public func complain(at place: String, _ problem: String, mend: String) {
    let full = key.isEmpty ? place : "\(key).\(place)"
    let line = value(at: place)?.line ?? line
    complaints.add(
      FilePlace(file: file, line: line, key: full).complaint(problem, mend: mend))
  }

  /// The pairs of a mapping whose keys are words, each once; others are recorded as mistakes.
  private func pairs(
    recording: Bool = true
  ) -> [(line: Int?, name: String, value: YAMLValue)] {
    guard case .mapping(let mapping) = node else { return [] }
    var names: Set<String> = []
    return mapping.compactMap { keyNode, value in
      let name = if case .scalar(let scalar) = keyNode { scalar.string } else { "" }
      let place = key.isEmpty ? name : "\(key).\(name)"
      guard !name.isEmpty, names.insert(name).inserted else {
        if recording {
          complaints.add(
            YAMLComplaint(
              file: file, line: keyNode.mark?.line, key: place,
              problem: name.isEmpty ? "a key is no word" : "the key occurs twice",
              mend: name.isEmpty ? "write a non-empty word as key" : "keep one of them"))
        }
        return nil
      }
      let entry = YAMLValue(node: value, file: file, key: place, complaints: complaints)
      return (keyNode.mark?.line, name, entry)
    }
  }
}
