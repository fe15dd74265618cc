import EnvironmentInterface
import Files
import Foundation
import InputFiles

/// What one policy did in the episodes of one block: the content of a file under `recordings/`.
///
/// The file is safetensors. Its metadata hold `format` ("trestle-recording"), `version`, `policy`, `block` and
/// `episodes`, a JSON list; of episode n of the list there are `n/action` `[steps, 7]`, `n/state` `[steps + 1, numbers]`
/// and `n/progress` `[steps + 1]`. `Docs/recordings.md` says it whole.
public struct Recording: Hashable, Sendable {
  public let policy: String
  public let block: String
  /// In the order of the block.
  public let episodes: [RecordedEpisode]

  private static let format = "trestle-recording"
  private static let version = "1"
  /// Actions of a file, in the order of `Action.values`.
  private static let actionNames = ["dx", "dy", "dz", "droll", "dpitch", "dyaw", "gripper"]
  /// The largest file that is read [bytes]: 32 episodes of ten thousand steps with a hundred numbers have 300 MB.
  private static let largestFile = 1 << 30

  public init(policy: String, block: String, episodes: [RecordedEpisode]) {
    self.policy = policy
    self.block = block
    self.episodes = episodes
  }

  /// What the list in the metadata says of an episode.
  private struct Entry: Decodable {
    var episode: Episode
    var outcome: Outcome?
    var states: [String]
    var actions: [String]
  }

  // MARK: - Writing

  /// The bytes of the file, which depend on what was recorded alone.
  public func encoded() throws -> Data {
    let list = try entries()
    var arrays: [String: NumberArrays.Array] = [:]
    for (number, one) in episodes.enumerated() {
      arrays["\(number)/action"] = .init(
        shape: [one.actions.count, Action.count], numbers: Self.numbers(of: one.actions))
      arrays["\(number)/state"] = .init(
        shape: [one.progress.count, one.stateNames.count], numbers: one.stateNumbers)
      arrays["\(number)/progress"] = .init(shape: [one.progress.count], numbers: one.progress)
    }
    return NumberArrays(
      metadata: [
        "format": Self.format, "version": Self.version, "policy": policy, "block": block,
        "episodes": String(decoding: list, as: UTF8.self),
      ], arrays: arrays
    ).encoded()
  }

  /// The list in the metadata, as `Entry` is read.
  private func entries() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = JSONBytes()
    try json.append(list: episodes) { json, one in
      json.append("{\"actions\":")
      json.append(list: Self.actionNames) { $0.append(quoted: $1) }
      json.append(",\"episode\":")
      json.append(try encoder.encode(one.episode))
      if let outcome = one.outcome {
        json.append(",\"outcome\":")
        json.append(quoted: outcome.rawValue)
      }
      json.append(",\"states\":")
      json.append(list: one.stateNames) { $0.append(quoted: $1) }
      json.append("}")
    }
    return json.bytes
  }

  private static func numbers(of actions: [Action]) -> [Double] {
    var numbers: [Double] = []
    numbers.reserveCapacity(actions.count * Action.count)
    for action in actions { numbers += action.values }
    return numbers
  }

  // MARK: - Reading

  /// Reads a file of `recordings/`.
  ///
  /// - Throws: `RecordingError` with the file.
  public init(at path: String) throws(RecordingError) {
    let data: Data
    do {
      data = try FileContents.read(path, limit: Self.largestFile)
    } catch {
      throw .cannotRead(path: path, reason: error.reason)
    }
    try self.init(data, path: path)
  }

  /// Reads bytes that anyone may have written; an error calls them `path`.
  public init(_ data: Data, path: String) throws(RecordingError) {
    let arrays: NumberArrays
    do {
      arrays = try NumberArrays(data)
    } catch {
      throw .broken(path: path, reason: error.reason)
    }
    let facts = arrays.metadata
    guard facts["format"] == Self.format else {
      throw .broken(path: path, reason: "its 'format' is not \(Self.format)")
    }
    guard facts["version"] == Self.version else {
      throw .unknownVersion(path: path, found: facts["version"] ?? "none", known: Self.version)
    }
    guard let policy = facts["policy"], let block = facts["block"], let list = facts["episodes"]
    else { throw .broken(path: path, reason: "it lacks one of 'policy', 'block' and 'episodes'") }
    let entries: [Entry]
    do {
      entries = try JSONDecoder().decode(
        [Entry].self, from: Data(list.utf8), under: ["episodes"])
    } catch {
      throw .broken(path: path, reason: "its 'episodes': \(error)")
    }
    guard arrays.arrays.count == 3 * entries.count else {
      throw .broken(
        path: path,
        reason:
          "it has \(arrays.arrays.count) arrays, and 'episodes' names \(entries.count) episodes")
    }
    var episodes: [RecordedEpisode] = []
    for (number, entry) in entries.enumerated() {
      guard let episode = Self.episode(entry, number, in: arrays) else {
        throw .broken(path: path, reason: "the arrays of episode \(number) do not fit each other")
      }
      episodes.append(episode)
    }
    self.init(policy: policy, block: block, episodes: episodes)
  }

  /// Nil where shapes do not fit, or an action is not finite.
  private static func episode(_ entry: Entry, _ number: Int, in file: NumberArrays)
    -> RecordedEpisode?
  {
    guard let actions = file.arrays["\(number)/action"],
      let states = file.arrays["\(number)/state"],
      let progress = file.arrays["\(number)/progress"]
    else { return nil }
    let (count, width) = (progress.numbers.count, entry.states.count)
    guard progress.shape == [count], states.shape == [count, width],
      actions.shape == [max(0, count - 1), Action.count], width > 0 || count == 0
    else { return nil }
    let made = (0..<max(0, count - 1)).compactMap {
      try? Action(Array(actions.numbers[$0 * Action.count..<($0 + 1) * Action.count]))
    }
    guard made.count == max(0, count - 1) else { return nil }
    return RecordedEpisode(
      episode: entry.episode, outcome: entry.outcome, stateNames: entry.states,
      states: (0..<count).map { Array(states.numbers[$0 * width..<($0 + 1) * width]) },
      progress: progress.numbers, actions: made)
  }
}
