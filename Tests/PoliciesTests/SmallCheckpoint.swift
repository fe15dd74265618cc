import EnvironmentInterface
import Foundation
import ImageFiles
import Networks
import TestSupport

@testable import Policies

/// A copy of `Fixtures/openvla-small` in which files may be changed.
final class SmallCheckpoint {
  static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/openvla-small")
  /// The answer to `picture.png` and `lift the carrot`.
  static let tokens = [273, 299, 245, 331, 418, 222, 397]

  let folder: LinkedFolder

  init() throws {
    folder = try LinkedFolder()
    try folder.link(filesOf: Self.source) { !$0.hasSuffix("md") && $0 != "lora" }
  }

  /// Changes the JSON object of a file.
  func change(_ name: String, _ body: (inout [String: Any]) -> Void) throws {
    let data = try Data(contentsOf: folder.url.appendingPathComponent(name))
    var object = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    body(&object)
    try folder.write(JSONSerialization.data(withJSONObject: object), as: name)
  }

  /// Sets a value of `config.json` by its keys.
  func set(_ keys: [String], to value: Any) throws {
    func setting(_ object: [String: Any], _ keys: ArraySlice<String>) -> [String: Any] {
      var object = object
      guard let key = keys.first else { return object }
      object[key] =
        keys.count == 1
        ? value : setting(object[key] as? [String: Any] ?? [:], keys.dropFirst())
      return object
    }
    try change("config.json") { $0 = setting($0, keys[...]) }
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent(name))
  }

  func policy(key: String? = nil, adapter: URL? = nil) throws -> OpenVLAPolicy {
    var loading = CheckpointLoading(device: .cpu)
    loading.adapter = try adapter.map { try LoRAAdapter(folder: $0) }
    return try OpenVLAPolicy(
      name: "small", checkpoint: PolicyCheckpoint(at: folder.url), loading: loading,
      statisticsKey: key)
  }

  /// The answer to a picture of the fixture.
  func prediction(
    _ picture: String = "picture.png", key: String? = nil, adapter: URL? = nil
  ) throws -> ActionPrediction {
    let image = Image(try ImageFile.read(Self.source.appendingPathComponent(picture)))
    return try policy(key: key, adapter: adapter)
      .prediction(image: image, instruction: "lift the carrot")
  }
}
