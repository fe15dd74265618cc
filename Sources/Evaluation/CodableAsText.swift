/// A value that is written in files as a person types it.
protocol CodableAsText: Codable, CustomStringConvertible {
  /// The value that a text stands for.
  init(_ text: String) throws(EvaluationError)
}

extension CodableAsText {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(container.decode(String.self))
    } catch let error as EvaluationError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
