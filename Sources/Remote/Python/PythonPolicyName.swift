/// Where a Python policy is found: `my_policy.py:MyPolicy`, or `package.module:attribute`.
public struct PythonPolicyName: Hashable, Sendable {
  /// A path that ends in `.py`, or a dotted module name.
  public let place: String
  /// A dotted name in the module: an object with `act`, or a class or function that gives one.
  public let attribute: String

  /// Whether text has the form of such a name: `FILE.py`, or a module, then a colon and an attribute.
  public static func matches(_ text: String) -> Bool {
    if text.hasSuffix(".py") { return true }
    guard !text.contains("://"), let colon = text.lastIndex(of: ":") else { return false }
    let place = text[..<colon]
    return place.hasSuffix(".py") || isDottedName(place)
  }

  /// - Throws: `RemoteError.badName` where the attribute is missing or is no name.
  public init(_ text: String) throws(RemoteError) {
    guard let colon = text.lastIndex(of: ":") else {
      throw .badName(
        text, reason: "say which policy of the file: \(text):NAME, a class, function or object")
    }
    place = String(text[..<colon])
    attribute = String(text[text.index(after: colon)...])
    guard place.hasSuffix(".py") || Self.isDottedName(place) else {
      throw .badName(text, reason: "\(place) is neither a .py file nor a module's name")
    }
    guard Self.isDottedName(attribute) else {
      throw .badName(text, reason: "\"\(attribute)\" is no name of a class, function or object")
    }
  }

  public var text: String { "\(place):\(attribute)" }

  private static func isDottedName(_ text: some StringProtocol) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return !text.isEmpty
      && parts.allSatisfy { part in
        guard let first = part.first, first.isLetter || first == "_" else { return false }
        return part.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
      }
  }
}
