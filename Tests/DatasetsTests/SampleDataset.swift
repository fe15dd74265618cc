import Foundation

@testable import Datasets

/// A small dataset whose every value is known: frame `f` of episode `e` has state `e + f / 10` and a picture of one pixel.
enum SampleDataset {
  static let description = DatasetDescription(
    name: "sample", robot: "widowx", rate: 5,
    cameras: [.init(name: "primary", height: 1, width: 1)],
    stateNames: ["x", "y", "z", "roll", "pitch", "yaw", "gripper"],
    actionNames: ["x", "y", "z", "roll", "pitch", "yaw", "gripper"],
    normalizedActions: [true, true, true, true, true, true, false])

  /// A PNG of one red pixel, written by Pillow.
  static let png: [UInt8] = Array(
    Data(
      base64Encoded:
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
    ) ?? Data())

  /// Two episodes a part; part 1 has none, as when no episode of a part succeeded.
  static func episodes(part: Int) -> [DatasetEpisode] {
    guard part != 1 else { return [] }
    return (0..<2).map { number in
      let episode = part * 2 + number
      let frames = (0..<3 + number).map { frame in
        DatasetFrame(
          images: [png],
          state: [Double](repeating: Double(episode) + Double(frame) / 10, count: 7),
          action: [Double](repeating: Double(frame) / 100, count: 7))
      }
      return DatasetEpisode(
        id: "suite/task#\(episode)@0",
        instruction: number == 0 ? "lift the carrot" : "lift the can",
        isSuccess: true, frames: frames)
    }
  }

  static func order(seed: Int = 0) -> DatasetOrder {
    DatasetOrder(
      format: "rlds", description: description, source: ["seed": "\(seed)"], parts: 3)
  }

  /// A new empty folder; the caller removes it.
  static func folder() -> URL {
    FileManager.default.temporaryDirectory
      .appendingPathComponent("trestle-dataset-\(UUID().uuidString)", isDirectory: true)
  }

  /// Every file below a folder with its bytes.
  static func files(in folder: URL) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    var files: [String: Data] = [:]
    for name in names {
      let url = folder.appendingPathComponent(name)
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      if exists, !isFolder.boolValue { files[name] = try Data(contentsOf: url) }
    }
    return files
  }
}
