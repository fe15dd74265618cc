extension KeyedDecodingContainer {
  /// A number from 0 to 1: JSON can write one that is larger than any, which nothing could be reckoned with.
  func decodeFraction(forKey key: Key) throws -> Double {
    let number = try decode(Double.self, forKey: key)
    guard (0...1).contains(number) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "\(number) is no number from 0 to 1")
    }
    return number
  }
}
