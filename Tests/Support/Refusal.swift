import Foundation

/// What every refusal of a file must say: which file, and where in it.
public enum Refusal {
  /// What names a place: a line, a byte, a key or another name in quotes, a tensor, an entry of a list.
  private static let places = [
    #":\d+: "#, #"\b(line|byte|number|episode|row|schema) \d+"#, #"'[^']*'"#, #"\btensor \S"#,
    #"\[\d+\]"#,
  ]

  /// Refusals of a file as a whole, in which there is no place to name, or of a part that no key names.
  private static let ofTheWhole = [
    "no such file", "holds no", "neither a PNG nor a JPEG", "is no zip archive",
    "not a SentencePiece model", "the object is null", "this is not a JSON", "big-endian machine",
    "vision transformer",
  ]

  /// What a refusal lacks; nil where it names file and place.
  ///
  /// - Parameters:
  ///   - names: what the file holds by name, such as its keys; a refusal that speaks of one names a place.
  ///   - isFile: whether it is a file in which there is a place to name, and not a whole server.
  public static func fault(
    _ error: any Error, naming file: String, in names: Set<String> = [], isFile: Bool = true
  ) -> String? {
    let message = "\(error)"
    guard let name = message.range(of: file) else { return "names no file" }
    guard isFile else { return nil }
    // The file's own name may look like a place.
    let rest = message[name.upperBound...]
    func has(_ pattern: String) -> Bool {
      rest.range(of: pattern, options: .regularExpression) != nil
    }
    let words = rest.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
    let isNamed = places.contains(where: has) || words.contains(where: names.contains)
    return isNamed || ofTheWhole.contains(where: rest.contains) ? nil : "names no place"
  }

  /// The names in quotes in a text, and what they are made of: the keys of a JSON file, the tensors of a safetensors file.
  public static func names(in text: Data) -> Set<String> {
    let quoted = String(decoding: text, as: UTF8.self).matches(of: #/"(\w[\w.]*)"/#)
    // The last part of a tensor's name would be a word of any sentence.
    let parts = quoted.flatMap { [$0.1] + $0.1.split(separator: ".").dropLast() }
    return Set(parts.map(String.init).filter { $0.count > 2 })
  }
}
