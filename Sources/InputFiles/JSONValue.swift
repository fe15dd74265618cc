/// A value of a JSON file as it stands there: members in their order, whole numbers apart from others.
public indirect enum JSONValue: Sendable, Hashable {
  case null
  case boolean(Bool)
  case integer(Int)
  /// Any other number; NaN and infinities where Python wrote them.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  public struct Member: Sendable, Hashable {
    public var key: String
    public var value: JSONValue
  }

  /// The value of a key, nil for anything that is no object or lacks it.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  public var keys: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.key)
  }

  public var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The whole numbers of a list of nothing else.
  public var integers: [Int]? {
    guard case .array(let values) = self else { return nil }
    var integers: [Int] = []
    for value in values {
      guard case .integer(let integer) = value else { return nil }
      integers.append(integer)
    }
    return integers
  }

  /// Whether the value says nothing: null, false, an empty text, list or object.
  public var isEmpty: Bool {
    switch self {
    case .null, .boolean(false): true
    case .string(let text): text.isEmpty
    case .array(let values): values.isEmpty
    case .object(let members): members.isEmpty
    default: false
    }
  }

  /// Whether both are the same to a reader who takes 1 and 1.0 for one number.
  public func means(_ other: JSONValue) -> Bool {
    switch (self, other) {
    case (.integer(let a), .number(let b)), (.number(let b), .integer(let a)): Double(a) == b
    default: self == other
    }
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value in few words, for messages.
  public var description: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let text): "'\(text.prefix(80))'"
    case .array(let values):
      "[\(values.prefix(4).map(\.description).joined(separator: ", "))\(values.count > 4 ? ", …" : "")]"
    case .object(let members):
      "{\(members.prefix(4).map { "\($0.key): …" }.joined(separator: ", "))\(members.count > 4 ? ", …" : "")}"
    }
  }
}
