import Files
import Foundation
import Torch

/// Reads a configuration from JSON; the error names the file and the key.
func readConfiguration<Configuration: Decodable>(_ url: URL) throws -> Configuration {
  do {
    return try JSONDecoder().decode(Configuration.self, from: Data(contentsOf: url))
  } catch let error as DecodingError {
    throw TorchError("\(url.path): \(explanation(error))")
  } catch {
    throw TorchError("\(url.path): \(error.localizedDescription)")
  }
}

/// Writes a configuration as JSON, together with the keys of the JSON object `extra`; where both have a
/// key, the configuration wins.
func writeConfiguration(
  _ configuration: some Encodable, modelType: String, extra: Data, to url: URL
) throws {
  let encoded = try JSONEncoder().encode(configuration)
  guard
    let own = try JSONSerialization.jsonObject(with: encoded) as? [String: Any],
    let extra = try JSONSerialization.jsonObject(with: extra) as? [String: Any]
  else { throw TorchError("\(url.path): the extra configuration is not a JSON object") }
  var merged = extra.merging(own) { $1 }
  merged["model_type"] = modelType
  let options: JSONSerialization.WritingOptions = [
    .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
  ]
  try AtomicFile.write(
    try JSONSerialization.data(withJSONObject: merged, options: options), to: url)
}

private func explanation(_ error: DecodingError) -> String {
  let context =
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .keyNotFound(_, let context), .dataCorrupted(let context):
      context
    @unknown default: DecodingError.Context(codingPath: [], debugDescription: "\(error)")
    }
  let path = context.codingPath.map(\.stringValue).joined(separator: ".")
  return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
}
