/// The entries of a YAML mapping, by key.
public struct YAMLMapping {
  /// The mapping itself, for complaints about it as a whole.
  public let whole: YAMLValue
  public let entries: [String: YAMLValue]

  public subscript(name: String) -> YAMLValue? { entries[name] }

  public func required(_ name: String) throws -> YAMLValue {
    guard let value = entries[name] else {
      // The complaint is the key's and not the mapping's, since several keys may be missing.
      throw YAMLError(
        file: whole.file, line: whole.line,
        key: whole.key.isEmpty ? name : "\(whole.key).\(name)",
        problem: "`\(name)` is missing", mend: "add a line `\(name): …`")
    }
    return value
  }

  // MARK: - Reading that stops at a mistake

  public func number(_ name: String, default fallback: Double) throws -> Double {
    try entries[name]?.number() ?? fallback
  }

  public func integer(_ name: String, default fallback: Int) throws -> Int {
    try entries[name]?.integer() ?? fallback
  }

  public func boolean(_ name: String, default fallback: Bool) throws -> Bool {
    try entries[name]?.boolean() ?? fallback
  }

  public func strings(_ name: String) throws -> [String] {
    try entries[name]?.strings() ?? []
  }

  // MARK: - Reading that records a mistake and goes on

  /// What `body` makes of a required entry, or the stand-in where it is missing or a mistake, which is recorded.
  public func read<Result>(
    _ name: String, or standIn: @autoclosure () -> Result, _ body: (YAMLValue) throws -> Result
  ) -> Result {
    let value: YAMLValue? = whole.read(or: nil) { _ in try required(name) }
    return value?.read(or: standIn(), body) ?? standIn()
  }

  /// What `body` makes of an entry that may be left out; the default where it is left out or a mistake.
  public func readIfPresent<Result>(
    _ name: String, default fallback: @autoclosure () -> Result,
    _ body: (YAMLValue) throws -> Result
  ) -> Result {
    entries[name]?.read(or: fallback(), body) ?? fallback()
  }

  /// A required number within limits; the lower limit stands in for a mistake.
  public func number(_ name: String, within limits: NumberLimits) -> Double {
    read(name, or: limits.range.lowerBound) { try $0.number(within: limits) }
  }

  public func number(
    _ name: String, within limits: NumberLimits, default fallback: Double
  ) -> Double {
    readIfPresent(name, default: fallback) { try $0.number(within: limits) }
  }

  /// A required whole number within limits; the lower limit stands in for a mistake.
  public func integer(_ name: String, within limits: CountLimits) -> Int {
    read(name, or: limits.range.lowerBound) { try $0.integer(within: limits) }
  }

  public func integer(_ name: String, within limits: CountLimits, default fallback: Int) -> Int {
    readIfPresent(name, default: fallback) { try $0.integer(within: limits) }
  }

  /// A required text; `…` stands in for a mistake.
  public func string(_ name: String) -> String {
    read(name, or: "…") { try $0.string() }
  }
}
