import Files
import Foundation
import Testing

@testable import Training

/// What a training keeps while it goes on, and who may write there.
@Suite struct TrainingFolderTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("trestle-training-folder-\(UInt64.random(in: 0...(.max)))")

  @Test func anEarlierTrainingIsNotDiscardedInSilence() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let recipe = TrainingTests.recipe(.openVLA, steps: 5)
    let state = folder.appendingPathComponent("state/state.json")
    try FileManager.default.createDirectory(
      at: state.deletingLastPathComponent(), withIntermediateDirectories: true)
    let saved = Data("{\"step\":1200}".utf8)
    try saved.write(to: state)
    let error = #expect(throws: RecipeError.self) {
      try TrainingRun(
        recipe, source: SquareSource(), root: folder, folder: state.deletingLastPathComponent(),
        resuming: false)
    }
    #expect(error?.description.contains("1200 steps") == true)
    #expect(error?.description.contains("--restart") == true)
    #expect(try Data(contentsOf: state) == saved)
  }

  @Test func aTrainingThatCannotBeReadIsNotDiscardedEither() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    // A folder in place of the file can't be read, whoever asks.
    let state = folder.appendingPathComponent("state/state.json")
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    let error = #expect(throws: RecipeError.self) {
      try TrainingRun(
        TrainingTests.recipe(.openVLA, steps: 5), source: SquareSource(), root: folder,
        folder: state.deletingLastPathComponent(), resuming: false)
    }
    #expect(error?.description.contains("--restart") == true)
    #expect(FileManager.default.fileExists(atPath: state.path))
  }

  @Test func twoTrainingsDoNotShareAFolder() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let state = folder.appendingPathComponent("state")
    func begin(resuming: Bool, discarding: Bool = false) throws -> TrainingRun {
      try TrainingRun(
        TrainingTests.recipe(.openVLA, steps: 5), source: SquareSource(), root: folder,
        folder: state,
        resuming: resuming, discarding: discarding)
    }
    do {
      let first = try begin(resuming: false)
      for (resuming, discarding) in [(true, false), (false, true)] {
        let error = #expect(throws: WriterLockError.self) {
          try begin(resuming: resuming, discarding: discarding)
        }
        #expect(error == .inUse(state.path + ".lock"))
      }
      withExtendedLifetime(first) {}
    }
    _ = try begin(resuming: false)
  }
}
