/// What a reader knows of the keys of a JSON object.
///
/// A key that nobody obeys may be the one that changes what a model computes. So every key is obeyed, is known to change
/// nothing, or is refused unless it says nothing (null, false or empty).
public struct KnownKeys: Sendable {
  public indirect enum Rule: Sendable {
    /// The reader does what it says, and checks its value.
    case obeyed
    /// It changes nothing that is computed here.
    case inert
    /// It would change something; with these values, or null, it does not.
    case only([JSONValue])
    case object(KnownKeys)
    /// Each element is such an object.
    case objects(KnownKeys)
  }

  private var rules: [String: Rule]

  public init(_ rules: [String: Rule]) { self.rules = rules }

  /// Keys that are obeyed and keys that change nothing.
  public init(obeyed: [String] = [], inert: [String] = [], _ others: [String: Rule] = [:]) {
    rules = others
    for key in obeyed { rules[key] = .obeyed }
    for key in inert { rules[key] = .inert }
  }

  /// All keys of both; where both know one, the other's rule holds.
  public func merging(_ other: KnownKeys) -> KnownKeys {
    KnownKeys(rules.merging(other.rules) { $1 })
  }

  /// Refuses a file in which an unknown key says something.
  ///
  /// - Throws: `InputFileError` that names the key.
  public func check(_ document: JSONDocument) throws(InputFileError) {
    try check(document.root, in: document, at: "")
  }

  /// Refuses a part of a file, under the keys `place`, in which an unknown key says something.
  public func check(
    _ value: JSONValue, in document: JSONDocument, at place: String
  ) throws(InputFileError) {
    guard case .object(let members) = value else {
      if place.isEmpty {
        throw InputFileError(path: document.path, reason: "holds no JSON object")
      }
      return
    }
    for member in members {
      let key = place.isEmpty ? member.key : "\(place).\(member.key)"
      switch rules[member.key] {
      case .obeyed, .inert: continue
      case .only(let values):
        guard member.value == .null || values.contains(where: member.value.means) else {
          throw document.failure(
            at: key,
            "\(member.value) can't be used here; "
              + values.map(\.description).joined(separator: " or ") + " can")
        }
      case .object(let keys): try keys.check(member.value, in: document, at: key)
      case .objects(let keys):
        guard case .array(let elements) = member.value else { continue }
        for (index, element) in elements.enumerated() {
          try keys.check(element, in: document, at: "\(key).\(index)")
        }
      case nil:
        guard member.value.isEmpty else {
          let mend = nearest(to: member.key).map { "did you mean '\($0)'?" }
          throw document.failure(
            at: key,
            "this key is not known (it says \(member.value)) and may change what is computed; "
              + (mend ?? "correct its name, or remove it if it changes nothing"))
        }
      }
    }
  }

  /// The known key that a misspelt one most likely stands for: at most two letters differ.
  private func nearest(to key: String) -> String? {
    let distances = rules.keys.sorted().map { (key: $0, distance: Self.distance($0, key)) }
    return distances.filter { $0.distance <= 2 }.min { $0.distance < $1.distance }?.key
  }

  /// How many letters must be changed, added or taken away to make one word of another (Levenshtein, 1966).
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.utf8.prefix(64)), Array(b.utf8.prefix(64)))
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let changed = diagonal + (letter == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(changed, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
