import Foundation

/// A temporary folder of links to files elsewhere, so that a test's checkpoint can share the weights of another;
/// removed with its last reference.
public final class LinkedFolder {
  public let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("trestle-linked-\(UInt64.random(in: 0...(.max)))")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Links the files of `folder` that are wanted; one of the same name gives way.
  public func link(filesOf folder: URL, where isWanted: (String) -> Bool) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where isWanted(name) {
      try link(folder.appendingPathComponent(name), as: name)
    }
  }

  public func link(_ file: URL, as name: String) throws {
    let place = url.appendingPathComponent(name)
    try? FileManager.default.removeItem(at: place)
    try FileManager.default.createSymbolicLink(at: place, withDestinationURL: file)
  }

  public func write(_ data: Data, as name: String) throws {
    let place = url.appendingPathComponent(name)
    try? FileManager.default.removeItem(at: place)
    try data.write(to: place)
  }

  /// The tiny OpenVLA-OFT checkpoint of Tests/NetworksTests/Fixtures: weights, configuration and statistics, and the
  /// parts beside them that are wanted.
  ///
  /// - Parameters:
  ///   - fixtures: The folder `Fixtures`.
  ///   - parts: Beginnings of the parts' names.
  ///   - sizes: What `config.json` says under `policy.parallel_decoding`; nil leaves it as published.
  public static func openVLAOFT(
    fixtures: URL, parts: [String], sizes: [String: Int]? = nil
  ) throws -> LinkedFolder {
    let folder = try LinkedFolder()
    let base = fixtures.appendingPathComponent("openvla-tiny")
    try folder.link(filesOf: base) { $0.hasPrefix("model") || $0.hasSuffix("config.json") }
    let own = fixtures.appendingPathComponent("openvla-oft-tiny")
    try folder.link(filesOf: own) { name in
      name == "dataset_statistics.json" || parts.contains { name.hasPrefix($0) }
    }
    if let sizes {
      let name = "config.json"
      let data = try Data(contentsOf: base.appendingPathComponent(name))
      var object = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
      object["policy"] = ["parallel_decoding": sizes]
      try folder.write(JSONSerialization.data(withJSONObject: object), as: name)
    }
    return folder
  }
}
