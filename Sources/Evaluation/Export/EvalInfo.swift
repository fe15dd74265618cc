import EnvironmentInterface
import Foundation

/// What `lerobot-eval` writes of one policy, for whatever reads its `eval_info.json` (the layout of LeRobot 0.4 and later).
///
/// A task group is a suite. Clean twins are left out: they are no tasks of their own. The reward of an episode is its
/// partial credit, and its sum 1 for a success. How long it took is not in it, since a run's files hold no times.
public struct EvalInfo: Sendable {
  struct Task: Sendable {
    let suite: String
    let name: String
    /// Its number within the suite.
    let number: Int
    var credits: [Double] = []
    var successes: [Bool] = []
  }

  public let policy: String
  private(set) var tasks: [Task] = []

  public init(policy: String) { self.policy = policy }

  /// One for each policy of some records.
  public static func all(in records: some Sequence<EpisodeRecord>) -> [EvalInfo] {
    var infos: [EvalInfo] = []
    for record in records { add(record, to: &infos) }
    return infos
  }

  /// One for each policy of a run.
  public static func all(in run: EpisodeStream) throws -> [EvalInfo] {
    var infos: [EvalInfo] = []
    try run.forEach { add($0, to: &infos) }
    return infos
  }

  private static func add(_ record: EpisodeRecord, to infos: inout [EvalInfo]) {
    if infos.last(where: { $0.policy == record.policy }) == nil {
      infos.append(EvalInfo(policy: record.policy))
    }
    guard let place = infos.lastIndex(where: { $0.policy == record.policy }) else { return }
    infos[place].add(record)
  }

  mutating func add(_ record: EpisodeRecord) {
    let episode = record.episode
    guard !episode.isCleanTwin else { return }
    let known = tasks.firstIndex { $0.suite == episode.suite && $0.name == episode.task }
    let place = known ?? tasks.count
    if known == nil {
      tasks.append(
        Task(
          suite: episode.suite, name: episode.task,
          number: tasks.count { $0.suite == episode.suite }))
    }
    tasks[place].credits.append(record.progress)
    tasks[place].successes.append(record.isSuccess)
  }

  /// Writes `NAME/eval_info.json` for each policy into a folder, which is made where needed.
  ///
  /// LeRobot's tools take a policy's name from that of the folder.
  public static func write(_ infos: [EvalInfo], to folder: String) throws(EvaluationError) {
    for info in infos {
      let place = "\(folder)/\(info.policy.replacing("/", with: "_"))"
      do {
        try FileManager.default.createDirectory(
          atPath: place, withIntermediateDirectories: true)
      } catch {
        throw .cannotWrite(path: place, reason: String(cString: strerror(errno)))
      }
      try RunFolder.write(Data(info.json().utf8), to: "\(place)/eval_info.json")
    }
  }

  /// The content of `eval_info.json`.
  public func json() throws(EvaluationError) -> String {
    String(decoding: try RunFiles.encode(self), as: UTF8.self)
  }
}

extension EvalInfo: Encodable {
  private enum CodingKeys: String, CodingKey {
    case overall
    case perTask = "per_task"
    case perGroup = "per_group"
  }

  private struct TaskDocument: Encodable {
    struct Metrics: Encodable {
      let successes: [Bool]
      let sumRewards: [Double]
      let maxRewards: [Double]
      let videoPaths: [String] = []

      private enum CodingKeys: String, CodingKey {
        case successes
        case sumRewards = "sum_rewards"
        case maxRewards = "max_rewards"
        case videoPaths = "video_paths"
      }
    }

    let group: String
    let number: Int
    let name: String
    let metrics: Metrics

    private enum CodingKeys: String, CodingKey {
      case name = "task"
      case number = "task_id"
      case group = "task_group"
      case metrics
    }

    init(_ task: Task) {
      (group, number, name) = (task.suite, task.number, task.name)
      metrics = Metrics(
        successes: task.successes, sumRewards: task.successes.map { $0 ? 1 : 0 },
        maxRewards: task.credits)
    }
  }

  private struct Aggregate: Encodable {
    let meanSum: Double
    let meanMax: Double
    let percent: Double
    let episodes: Int
    let videoPaths: [String] = []

    private enum CodingKeys: String, CodingKey {
      case meanSum = "avg_sum_reward"
      case meanMax = "avg_max_reward"
      case percent = "pc_success"
      case episodes = "n_episodes"
      case videoPaths = "video_paths"
    }

    init(_ tasks: [Task]) {
      episodes = tasks.reduce(0) { $0 + $1.successes.count }
      let solved = tasks.reduce(0) { $0 + $1.successes.count { $0 } }
      let count = Double(max(1, episodes))
      meanSum = Double(solved) / count
      meanMax = tasks.reduce(0) { $0 + $1.credits.reduce(0, +) } / count
      percent = 100 * meanSum
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(tasks.map(TaskDocument.init), forKey: .perTask)
    try values.encode(
      Dictionary(grouping: tasks, by: \.suite).mapValues(Aggregate.init), forKey: .perGroup)
    try values.encode(Aggregate(tasks), forKey: .overall)
  }
}
