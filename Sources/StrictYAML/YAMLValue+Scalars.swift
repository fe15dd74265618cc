import Yams

extension YAMLValue {
  /// A text of at least one character.
  public func string() throws -> String {
    guard case .scalar(let scalar) = node, !scalar.isNull else {
      throw error("expected a word", mend: "write a non-empty string")
    }
    return scalar.string
  }

  /// One of a list of words.
  public func name(among known: [String], what: String) throws -> String {
    let name = try string()
    guard known.contains(name) else {
      throw error("unknown \(what) '\(name)'", mend: Self.choice(of: known))
    }
    return name
  }

  /// `use one of: …`, shortened where there are very many.
  static func choice(of known: [String]) -> String {
    guard !known.isEmpty else { return "there is none to choose from" }
    let most = 40
    let rest = known.count > most ? ", … (\(known.count) in all)" : ""
    return "use one of: \(known.prefix(most).joined(separator: ", "))\(rest)"
  }

  /// A finite number.
  public func number() throws -> Double {
    guard case .scalar(let scalar) = node, scalar.style == .plain, let value = Double(scalar.string)
    else { throw error("expected a number", mend: "write a finite number such as 0.05") }
    guard value.isFinite else {
      throw error("'\(scalar.string)' is not finite", mend: "write a finite number such as 0.05")
    }
    return value
  }

  /// A number within limits.
  public func number(within limits: NumberLimits) throws -> Double {
    let value = try number()
    guard limits.contains(value) else {
      throw error("\(plain(value)) is out of range", mend: "write a number \(limits)")
    }
    return value
  }

  public func integer() throws -> Int {
    guard case .scalar(let scalar) = node, scalar.style == .plain, let value = Int(scalar.string)
    else { throw error("expected a whole number", mend: "write a whole number such as 3") }
    return value
  }

  /// A whole number within limits.
  public func integer(within limits: CountLimits) throws -> Int {
    let value = try integer()
    guard limits.range.contains(value) else {
      throw error("\(value) is out of range", mend: "write a whole number \(limits)")
    }
    return value
  }

  public func boolean() throws -> Bool {
    switch try string() {
    case "true": return true
    case "false": return false
    case let other: throw error("'\(other)' is neither true nor false", mend: "write true or false")
    }
  }
}

extension Node.Scalar {
  /// Whether it says that there is nothing.
  fileprivate var isNull: Bool {
    string.isEmpty || style == .plain && ["~", "null", "Null", "NULL"].contains(string)
  }
}
