import Foundation
import Testing

@testable import Datasets

@Suite struct DatasetExportTests {
  private struct Stopped: Error {}

  private func export(
    into folder: URL, resuming: Bool = false, seed: Int = 0, stoppingAtPart stop: Int? = nil
  ) throws -> (episodes: Int, frames: Int) {
    let order = SampleDataset.order(seed: seed)
    return try DatasetExport(of: order, in: folder, resuming: resuming).run(
      with: RLDSWriter(in: folder, description: order.description)
    ) { part in
      if part == stop { throw Stopped() }
      return SampleDataset.episodes(part: part)
    }
  }

  @Test func countsWhatWasKept() throws {
    let folder = SampleDataset.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let count = try export(into: folder)
    #expect(count.episodes == 4 && count.frames == 14)
    let names = try SampleDataset.files(in: folder).keys.sorted()
    #expect(
      names == [
        "sample/1.0.0/dataset_info.json", "sample/1.0.0/dataset_statistics.json",
        "sample/1.0.0/features.json", "sample/1.0.0/sample-train.tfrecord-00000-of-00002",
        "sample/1.0.0/sample-train.tfrecord-00001-of-00002", "trestle.json",
      ])
  }

  @Test(arguments: 0..<3) func aStoppedExportGoesOnAndEndsWithTheSameBytes(part: Int) throws {
    let (whole, stopped) = (SampleDataset.folder(), SampleDataset.folder())
    defer {
      try? FileManager.default.removeItem(at: whole)
      try? FileManager.default.removeItem(at: stopped)
    }
    _ = try export(into: whole)
    #expect(throws: Stopped.self) { try export(into: stopped, stoppingAtPart: part) }
    _ = try export(into: stopped, resuming: true)
    #expect(try SampleDataset.files(in: whole) == SampleDataset.files(in: stopped))
  }

  @Test func aFinishedExportIsLeftAsItIs() throws {
    let folder = SampleDataset.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let count = try export(into: folder)
    let files = try SampleDataset.files(in: folder)
    let again = try export(into: folder, resuming: true, stoppingAtPart: 0)
    #expect(again == count)
    #expect(try SampleDataset.files(in: folder) == files)
  }

  @Test func anotherExportsFolderIsRefused() throws {
    let folder = SampleDataset.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(throws: Stopped.self) { try export(into: folder, stoppingAtPart: 1) }
    let error = #expect(throws: DatasetError.self) {
      try export(into: folder, resuming: true, seed: 1)
    }
    #expect("\(try #require(error))".contains("seed 0 there, 1 here"))
    #expect(throws: DatasetError.self) { try export(into: folder) }
  }

  @Test func aNumberThatIsNotFiniteIsRefused() throws {
    let folder = SampleDataset.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let order = SampleDataset.order()
    let error = #expect(throws: DatasetError.self) {
      try DatasetExport(of: order, in: folder, resuming: false).run(
        with: RLDSWriter(in: folder, description: order.description)
      ) { part in
        var episodes = SampleDataset.episodes(part: part)
        episodes[0].frames[1].action[3] = .nan
        return episodes
      }
    }
    #expect("\(try #require(error))".contains("frame 1 holds a number that isn't finite"))
  }
}
