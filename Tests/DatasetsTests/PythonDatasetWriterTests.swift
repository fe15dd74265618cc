import Foundation
import Testing

@testable import Datasets

@Suite struct PythonDatasetWriterTests {
  private var script: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Python/datasets/write.py")
  }

  private func export(python: String, script: URL, format: String = "lerobot") throws -> URL {
    let folder = SampleDataset.folder()
    var order = SampleDataset.order()
    order.format = format
    let writer = try PythonDatasetWriter(
      format: format, in: folder, description: order.description, video: false, python: python,
      script: script)
    _ = try DatasetExport(of: order, in: folder, resuming: false).run(with: writer) {
      SampleDataset.episodes(part: $0)
    }
    return folder
  }

  @Test func anInterpreterThatIsNotThereIsAnError() {
    #expect(throws: DatasetError.self) {
      _ = try export(python: "no-such-python", script: script)
    }
  }

  @Test func aStepThatDiesIsAnError() throws {
    let dying = SampleDataset.folder().appendingPathExtension("py")
    try Data("raise SystemExit(3)".utf8).write(to: dying)
    defer { try? FileManager.default.removeItem(at: dying) }
    let error = #expect(throws: DatasetError.self) {
      _ = try export(python: "python3", script: dying)
    }
    #expect("\(try #require(error))".contains("--python"))
  }

  /// `Scripts/check_datasets.py` reads what is written with the published readers; here only an interpreter that has
  /// the libraries is asked, where `TRESTLE_DATASETS_PYTHON` names one.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["TRESTLE_DATASETS_PYTHON"] != nil),
    arguments: ["lerobot", "lerobot-v2.1", "hdf5"])
  func theSameEpisodesGiveTheSameBytes(format: String) throws {
    let python = try #require(ProcessInfo.processInfo.environment["TRESTLE_DATASETS_PYTHON"])
    let first = try export(python: python, script: script, format: format)
    let second = try export(python: python, script: script, format: format)
    let (files, again) = (
      try SampleDataset.files(in: first), try SampleDataset.files(in: second)
    )
    #expect(files.count >= 3)
    #expect(files == again)
    try FileManager.default.removeItem(at: first)
    try FileManager.default.removeItem(at: second)
  }
}
