/// What is wrong with a JSON text, in a sentence that names the key.
public struct DecodingFault: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ error: any Error) {
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      description = "\(Self.place(context)) lacks the key '\(key.stringValue)'"
    case DecodingError.typeMismatch(let type, let context):
      description = "\(Self.place(context)) is not of type \(type)"
    case DecodingError.valueNotFound(_, let context):
      description = "\(Self.place(context)) is null where a value is needed"
    case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
      description = "\(Self.place(context)): \(context.debugDescription)"
    case DecodingError.dataCorrupted:
      description = "this is not JSON"
    case let error as any CustomStringConvertible:
      description = error.description
    default:
      description = "this is not JSON of the kind expected"
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
    return keys.isEmpty ? "the object" : "'" + keys.joined(separator: ".") + "'"
  }
}
