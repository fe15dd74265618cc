import RandomNumbers

/// A question to a policy's server as a recording knows it: a digest of each of its parts.
///
/// Pictures are not kept, so a recording is small; the parts' digests tell which part of a question is another one.
struct TrafficQuestion: Hashable, Sendable {
  /// 16 hexadecimal digits by key.
  let parts: [String: String]

  init(parts: [String: String]) { self.parts = parts }

  /// The question in a message; one that is no map is a single part without a name.
  init(_ message: WireValue) {
    guard case .map(let entries) = message else {
      parts = ["": message.digest]
      return
    }
    parts = Dictionary(
      entries.map { ($0.key.string ?? $0.key.digest, $0.value.digest) }, uniquingKeysWith: { $1 })
  }

  /// The parts, by name, in which another question differs from this one.
  func differences(from other: TrafficQuestion) -> [String] {
    Set(parts.keys).union(other.parts.keys).filter { parts[$0] != other.parts[$0] }.sorted()
  }
}

extension WireValue {
  /// 16 hexadecimal digits over what the value means, whichever dialect carried it: maps have no order, a whole number
  /// is the same number in every form.
  var digest: String {
    var hash = StableHash()
    combine(into: &hash)
    return hash.hexadecimal
  }

  private func combine(into hash: inout StableHash) {
    switch self {
    case .null: hash.combine("null")
    case .bool(let value): hash.combine(value ? "true" : "false")
    case .integer(let value):
      if let exact = Double(exactly: value) {
        Self.combine(exact, into: &hash)
      } else {
        hash.combine("integer \(value)")
      }
    case .unsigned(let value): hash.combine("integer \(value)")
    case .number(let value): Self.combine(value, into: &hash)
    case .text(let text):
      hash.combine("text")
      hash.combine(text)
    case .bytes(let bytes):
      hash.combine("bytes")
      bytes.withUnsafeBytes { hash.combine(words: $0) }
    case .list(let parts):
      hash.combine("list \(parts.count)")
      for part in parts { part.combine(into: &hash) }
    case .map(let entries):
      hash.combine("map \(entries.count)")
      let digests = entries.map { ($0.key.string ?? $0.key.digest) + " " + $0.value.digest }
      for digest in digests.sorted() { hash.combine(digest) }
    case .array(let array):
      hash.combine("array \(array.type.descriptor) \(array.shape)")
      array.bytes.withUnsafeBytes { hash.combine(words: $0) }
    }
  }

  private static func combine(_ number: Double, into hash: inout StableHash) {
    hash.combine("number")
    hash.combine(number)
  }
}
