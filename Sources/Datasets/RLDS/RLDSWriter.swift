import Foundation

/// Writes a dataset as TensorFlow Datasets keeps it on disk: `NAME/1.0.0/NAME-train.tfrecord-00000-of-00004`.
///
/// A part becomes one file. The number of files is in each file's name, so names are given at the end.
public struct RLDSWriter: DatasetWriter {
  private static let version = "1.0.0"

  private let folder: URL
  private let features: RLDSFeatures

  /// - Parameter folder: what a reader passes as `data_dir`.
  public init(in folder: URL, description: DatasetDescription) {
    self.folder = folder
    features = RLDSFeatures(description: description)
  }

  private var versionFolder: URL {
    folder.appendingPathComponent("\(features.description.name)/\(Self.version)", isDirectory: true)
  }

  private func partFile(_ fileIndex: Int) -> URL {
    versionFolder.appendingPathComponent("part-\(fileIndex).tfrecord")
  }

  public func write(_ episodes: [DatasetEpisode], place: DatasetPlace) throws {
    var bytes: [UInt8] = []
    for episode in episodes { TFRecord.append(example(of: episode).encoded, to: &bytes) }
    try DatasetFiles.write(Data(bytes), to: partFile(place.file))
  }

  public func finish(_ parts: [DatasetPartSummary], statistics: DatasetStatistics) throws {
    let files = parts.filter { !$0.episodes.isEmpty }
    var bytes = 0
    for index in files.indices {
      let number = { String(String($0 + 100_000).dropFirst()) }
      let named = versionFolder.appendingPathComponent(
        "\(features.description.name)-train.tfrecord-\(number(index))-of-\(number(files.count))")
      // A finish that was cut short has renamed the first files already.
      if !FileManager.default.fileExists(atPath: named.path) {
        try DatasetFiles.move(partFile(index), to: named)
      }
      bytes += try DatasetFiles.size(of: named)
    }
    try DatasetFiles.write(
      features.featuresFile(), to: versionFolder.appendingPathComponent("features.json"))
    try DatasetFiles.write(
      statistics.json(name: features.description.name),
      to: versionFolder.appendingPathComponent("dataset_statistics.json"))
    // Last, since a reader takes a folder with this file for a whole dataset.
    try DatasetFiles.write(
      features.infoFile(
        version: Self.version, shardLengths: files.map(\.episodes.count), bytes: bytes),
      to: versionFolder.appendingPathComponent("dataset_info.json"))
  }

  /// An episode as TFDS flattens it: one feature for each leaf, steps one after another.
  private func example(of episode: DatasetEpisode) -> ExampleMessage {
    let frames = episode.frames
    let last = frames.count - 1
    func flags(_ holds: (Int) -> Bool) -> ExampleMessage.Feature {
      .integers(frames.indices.map { holds($0) ? 1 : 0 })
    }
    var message = ExampleMessage(features: [
      "episode_metadata/file_path": .bytes([Array(episode.id.utf8)]),
      "episode_metadata/success": .integers([episode.isSuccess ? 1 : 0]),
      "steps/action": .floats(frames.flatMap { $0.action.map(Float.init) }),
      "steps/observation/state": .floats(frames.flatMap { $0.state.map(Float.init) }),
      "steps/language_instruction": .bytes(frames.map { _ in Array(episode.instruction.utf8) }),
      "steps/reward": .floats(frames.indices.map { $0 == last && episode.isSuccess ? 1 : 0 }),
      "steps/discount": .floats(frames.map { _ in 1 }),
      "steps/is_first": flags { $0 == 0 },
      "steps/is_last": flags { $0 == last },
      "steps/is_terminal": flags { $0 == last && episode.isSuccess },
    ])
    for camera in features.description.cameras.indices {
      message.features["steps/observation/\(features.imageName(camera))"] =
        .bytes(frames.map { $0.images[camera] })
    }
    return message
  }
}
