import Files
import Foundation
import InputFiles
import Policies
import Torch

/// What a training keeps so that another process can go on with it: a folder for each saving, and `state.json`, which names the one that
/// is whole.
///
/// Weights and optimizer lie in `saving-<step>/`, which is written before `state.json` speaks of it and removed once it speaks of the
/// next. So a process that is killed at any moment leaves a saving whose parts belong together.
struct TrainingSavings {
  let folder: URL

  /// How far the training is, and what it follows.
  struct State: Codable {
    var step: Int
    var seconds: Double
    var images: Int
    var recipe: Recipe
    /// Where it learns, where that is no CPU: no other device goes on to the same weights.
    var device: String?
  }

  /// The part of the saved state that can be read whatever the recipe was.
  private struct SavedStep: Decodable {
    var step: Int
  }

  private static let prefix = "saving-"
  private var stateURL: URL { folder.appendingPathComponent("state.json") }

  private func saving(_ step: Int) -> URL {
    folder.appendingPathComponent("\(Self.prefix)\(step)")
  }

  /// Keeps other processes out of the folder, whether it is there yet or not: the lock stands beside it.
  ///
  /// - Throws: `WriterLockError` where another process is training there.
  func lock() throws -> WriterLock {
    try FileManager.default.createDirectory(
      at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
    return try WriterLock(file: folder.path + ".lock")
  }

  /// Makes the folder anew.
  ///
  /// - Parameter discarding: though it holds a training.
  /// - Throws: `RecipeError` where it holds one that may not be discarded.
  func begin(discarding: Bool) throws {
    let files = FileManager.default
    // A state that can't be read is a training too.
    if !discarding, files.fileExists(atPath: stateURL.path) {
      let step = try? JSONDecoder().decode(
        SavedStep.self, from: FileContents.read(stateURL.path)
      ).step
      throw RecipeError(
        path: folder.path,
        reason:
          "holds a training of \(step.map(String.init) ?? "unknown") steps; go on with --resume, or "
          + "discard it with --restart")
    }
    if files.fileExists(atPath: folder.path) { try files.removeItem(at: folder) }
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// The recipe that the training was begun with; nil where there is none, or none that can be read.
  var begunRecipe: Recipe? {
    guard let text = try? FileContents.read(stateURL.path, limit: 1 << 30, isRegular: true) else {
      return nil
    }
    return try? JSONDecoder().decode(State.self, from: text).recipe
  }

  /// The state of the last whole saving.
  ///
  /// - Throws: `RecipeError` where there is none, or one of another recipe.
  func state(of recipe: Recipe) throws(RecipeError) -> State {
    func refusal(_ reason: String) -> RecipeError {
      RecipeError(path: stateURL.path, reason: reason)
    }
    guard FileContents.exists(stateURL.path) else {
      throw refusal("there is nothing to resume; train without --resume first")
    }
    let mend = "put the file back as it was, or begin anew with --restart"
    let text: Data
    do {
      text = try FileContents.read(stateURL.path)
    } catch {
      throw refusal("can't be read: \(error.reason); \(mend)")
    }
    var state: State
    do {
      state = try JSONDecoder().decode(State.self, from: text, under: [])
    } catch {
      throw refusal("\(error); \(mend)")
    }
    guard recipe.goesOn(from: state.recipe) else {
      throw refusal(
        "the recipe has changed since, by more than stages behind its last; undo the change, or begin anew "
          + "with --restart")
    }
    state.recipe = recipe
    guard state.device == Device.standard.nameUnlessCPU else {
      throw refusal(
        "the training was begun with --device \(state.device ?? "cpu"), and another rounds otherwise; resume with that, or begin "
          + "anew with --restart")
    }
    return state
  }

  /// Puts back what the saving of a state holds.
  func read(_ state: State, into learner: any Learner, _ optimizer: AdamW) throws {
    let saving = saving(state.step)
    try learner.module.copyParameters(from: Checkpoint(folder: saving))
    try optimizer.readState(from: saving.appendingPathComponent("optimizer.safetensors"))
  }

  /// Saves everything; a checkpoint that acts lies beside it, for those who look on.
  func write(_ state: State, of learner: any Learner, _ optimizer: AdamW) throws {
    let files = FileManager.default
    let saving = saving(state.step)
    try files.createDirectory(at: saving, withIntermediateDirectories: true)
    try learner.module.writeParameters(to: saving.appendingPathComponent("model.safetensors"))
    try optimizer.writeState(to: saving.appendingPathComponent("optimizer.safetensors"))
    AtomicFile.syncFolder(folder.path)
    try AtomicFile.write(JSONEncoder().encode(state), to: stateURL)
    for name in try files.contentsOfDirectory(atPath: folder.path)
    where name.hasPrefix(Self.prefix) && name != saving.lastPathComponent {
      try files.removeItem(at: folder.appendingPathComponent(name))
    }
    try learner.writeCheckpoint(to: folder.appendingPathComponent("checkpoint"))
  }
}
