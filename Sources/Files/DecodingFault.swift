import Foundation

/// What is wrong with a JSON text, in a sentence that names the key.
public struct DecodingFault: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  private static let foundationsWordsForNoJSON = "The given data was not valid JSON"

  /// - Parameter keys: Where in its file what was decoded stands.
  public init(_ error: any Error, under keys: [String] = []) {
    func place(_ context: DecodingError.Context) -> String {
      let all = keys + context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
      return all.isEmpty ? "the object" : "'" + all.joined(separator: ".") + "'"
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      description = "\(place(context)) lacks the key '\(key.stringValue)'"
    case DecodingError.typeMismatch(let type, let context):
      description = "\(place(context)) is not of type \(type)"
    case DecodingError.valueNotFound(_, let context):
      description = "\(place(context)) is null where a value is needed"
    case DecodingError.dataCorrupted(let context)
    where context.debugDescription.hasPrefix(Self.foundationsWordsForNoJSON):
      description = "this is not JSON"
    case DecodingError.dataCorrupted(let context):
      description = "\(place(context)): \(context.debugDescription)"
    case let error as any CustomStringConvertible:
      description = error.description
    default:
      description = "this is not JSON of the kind expected"
    }
  }
}
