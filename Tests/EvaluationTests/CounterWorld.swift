import EnvironmentInterface
import Evaluation
import Foundation
import RandomNumbers

/// A world that counts: an episode succeeds when enough steps forward were made before its limit.
struct CounterWorld: Environment {
  struct State: Sendable {
    var episode: Episode
    var goal: Int
    var position = 0
    var steps = 0
  }

  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  /// Tasks whose episodes cannot be started.
  var brokenTasks: Set<String> = []
  /// An instruction that cannot be drawn.
  var unseenInstruction: String?
  /// What is known against tasks, by their names.
  var known: [String: TaskSolvability] = [:]

  /// Episodes that cannot be started this time.
  var startFault: @Sendable (Episode) -> Bool = { _ in false }

  var suites = [
    SuiteDescription(
      name: "plain", title: "In distribution", tasks: ["near", "far"], hasCleanTwins: false,
      defaultEpisodesPerTask: 5),
    SuiteDescription(
      name: "shifted", title: "Farther goals", tasks: ["near", "far", "walk-a-very-long-way"],
      hasCleanTwins: true, defaultEpisodesPerTask: 12),
  ]

  let facts = ["world": "counter 1"]

  func solvability(of episode: Episode) -> TaskSolvability? { known[episode.task] }

  func episode(suite: String, task: String, index: Int, seed: UInt64, strength: Double) throws
    -> Episode
  {
    let isShifted = suite == "shifted"
    return draw(
      suite: suite, task: task, index: index, seed: seed,
      factors: isShifted ? [FactorSetting(name: "distance", strength: strength)] : [],
      isCleanTwin: false)
  }

  func episode(_ episode: Episode, under factors: [FactorSetting]) throws -> Episode {
    draw(
      suite: episode.suite, task: episode.task, index: episode.index, seed: episode.seed,
      factors: factors, isCleanTwin: false)
  }

  func cleanTwin(of episode: Episode) throws -> Episode? {
    draw(
      suite: episode.suite, task: episode.task, index: episode.index, seed: episode.seed,
      factors: [], isCleanTwin: true)
  }

  private func draw(
    suite: String, task: String, index: Int, seed: UInt64, factors: [FactorSetting],
    isCleanTwin: Bool
  ) -> Episode {
    var chance = RandomStream(seed: seed).named(suite, task, "goal").numbered(index)
    let goal =
      2 + chance.integer(below: 4)
      + factors.reduce(0) { $0 + Int(2 * $1.strength) }
    return Episode(
      suite: suite, task: task, index: index, seed: seed, factors: factors,
      isCleanTwin: isCleanTwin, instruction: "count to \(goal)", stepLimit: 8)
  }

  func interface(suite: String, task: String) throws -> Interface {
    Interface(
      name: "counter", cameras: [], state: nil, action: .endEffectorDelta, controlRate: 1)
  }

  func start(_ episode: Episode) throws -> State {
    if brokenTasks.contains(episode.task) { throw Fault(description: "no \(episode.task) here") }
    if startFault(episode) { throw Fault(description: "nothing starts") }
    return State(episode: episode, goal: Int(episode.instruction.suffix(1)) ?? 0)
  }

  func observations(of states: [State], needs: ObservationNeeds) throws -> [Observation] {
    if states.contains(where: { $0.episode.instruction == unseenInstruction }) {
      throw Fault(description: "the picture is lost")
    }
    return states.map { state in
      Observation(
        instruction: state.episode.instruction,
        proprioception: needs.proprioception
          ? Proprioception(
            baseFromGripper: .identity, gripperWidth: Double(state.position), jointAngles: [])
          : nil, step: state.steps)
    }
  }

  func step(_ state: inout State, applying action: Action) {
    state.steps += 1
    state.position += Int(action.translation.x)
  }

  func status(of state: State) -> EpisodeStatus {
    EpisodeStatus(
      isSuccess: state.position == state.goal,
      progress: Double(state.position) / Double(state.goal))
  }

  func expertAction(in state: State) -> Action { .forward }

  func contentHash(of episode: Episode, startingIn state: State) -> String {
    hash("\(episode.task) \(episode.index) \(episode.seed) \(state.goal)")
  }

  func stateHash(of state: State) -> String { hash("\(state.position) \(state.steps)") }

  func stateNames(of state: State) -> [String] { ["position", "steps"] }

  func stateValues(of state: State) -> [Double] { [Double(state.position), Double(state.steps)] }

  private func hash(_ text: String) -> String {
    var stream = RandomStream(seed: 0).named(text)
    let digits = String(stream.nextBits(), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Action {
  static let forward = Action(translation: .init(1, 0, 0), gripper: 1)
  static let rest = Action(translation: .zero, gripper: 1)
}

/// Goes forward with some probability, in chunks.
final class Walker: Policy {
  let name = "walker"
  let needs: ObservationNeeds = [.instruction]
  private let probability: Double
  private let chunk: Int
  /// Instructions of the slots that were asked about since they began.
  private var memory: [Int: String] = [:]
  private(set) var largestBatch = 0
  private(set) var begun: [EpisodeBriefing] = []
  private(set) var ended: [Outcome] = []

  init(probability: Double, chunk: Int = 1) {
    self.probability = probability
    self.chunk = chunk
  }

  func begin(slot: Int, episode: EpisodeBriefing) {
    memory[slot] = nil
    begun.append(episode)
  }

  func end(slot: Int, outcome: Outcome) { ended.append(outcome) }

  func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    largestBatch = max(largestBatch, requests.count)
    return try requests.map { request in
      let instruction = request.observation.instruction ?? ""
      if request.observation.step == 0, memory[request.slot] != nil {
        throw PolicyError.failed("slot \(request.slot) was not begun anew")
      }
      memory[request.slot] = instruction
      var chance = request.randomness
      return .success(
        try ActionChunk(
          (0..<chunk).map { _ in chance.chance(probability) ? .forward : .rest }))
    }
  }
}

/// Answers well except to one instruction.
final class Flawed: Policy {
  enum Flaw: String, CaseIterable, Sendable {
    case notANumber, infinity, errorInPlace, thrown, tooFewAnswers, noAnswer, refusal
  }

  let name = "flawed"
  let needs: ObservationNeeds = [.instruction]
  private let flaw: Flaw
  private let instruction: String

  init(_ flaw: Flaw, at instruction: String) {
    self.flaw = flaw
    self.instruction = instruction
  }

  func begin(slot: Int, episode: EpisodeBriefing) throws {
    if flaw == .refusal, episode.instruction == instruction { throw PolicyError.failed("not that") }
  }

  func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    var answers: [Result<ActionChunk, PolicyError>] = []
    for request in requests {
      var action = Action.forward
      if request.observation.instruction == instruction, request.observation.step == 1 {
        switch flaw {
        case .notANumber: action.rotation.y = .nan
        case .infinity: action.gripper = .infinity
        case .errorInPlace:
          answers.append(.failure(.failed("no idea")))
          continue
        case .thrown: throw PolicyError.failed("out of memory")
        case .tooFewAnswers: continue
        case .noAnswer: return []
        case .refusal: break
        }
      }
      answers.append(.success(try ActionChunk([action])))
    }
    return answers
  }
}

/// A folder that is gone when the test is over.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("evaluation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func contents(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)"))
  }

  func write(_ data: Data, to name: String) throws {
    try data.write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }
}

/// Two entries, the floor and the ceiling.
func contestants() -> [Contestant] {
  [
    Contestant(name: "careful", kind: .entry) { Walker(probability: 0.8) },
    Contestant(name: "hasty", kind: .entry) { Walker(probability: 0.9, chunk: 3) },
    Contestant(name: "lazy", kind: .floor) { Walker(probability: 0.2) },
    .expert(),
  ]
}

/// An evaluation in the counter world.
func makeRun(
  of entrants: [Contestant] = contestants(), suites: [String] = ["plain", "shifted"],
  episodesPerTask: Int? = nil, seed: UInt64 = 7, shard: Shard = .whole, batchLimit: Int = 32,
  continuesAfterSuccess: Bool = false, in world: CounterWorld = CounterWorld()
) throws -> EvaluationRun<CounterWorld> {
  let plan = try EpisodePlan(
    suites: suites, episodesPerTask: episodesPerTask, seed: seed, strength: 1, in: world)
  return try EvaluationRun(
    of: entrants, on: plan, shard: shard, in: world,
    settings: RolloutSettings(
      batchLimit: batchLimit, continuesAfterSuccess: continuesAfterSuccess))
}
