import Files
import Foundation
import InputFiles
import Torch

/// Reads a configuration from JSON; the error names the file and the key, an unknown key that says something among them.
func readConfiguration<Configuration: Decodable>(_ url: URL, known: KnownKeys) throws
  -> Configuration
{
  let document = try JSONDocument(contentsOf: url)
  try known.check(document)
  return try document.decoded()
}

extension TorchError {
  /// The error with the path of the configuration before it, where it names no file: what a network throws while it is
  /// built is about the sizes that it was given.
  func naming(configurationIn folder: URL) -> TorchError {
    guard !message.hasPrefix("/") else { return self }
    let name = "config.json"
    let reason =
      message.hasPrefix("\(name): ") ? String(message.dropFirst(name.count + 2)) : message
    return TorchError("\(folder.appendingPathComponent(name).path): \(reason)")
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
