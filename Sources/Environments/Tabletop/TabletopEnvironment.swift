import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Rendering
import Simulation

/// The tabletop of `Scenes/` and the suites of `Benchmarks/`, as the evaluation sees it.
///
/// ```swift
/// let environment = try TabletopEnvironment(root: ".")
/// let episode = try environment.episode(
///   suite: "in-distribution", task: "lift", index: 0, seed: 7, strength: 1)
/// var state = try environment.start(episode)
/// environment.step(&state, applying: environment.expertAction(in: state))
/// ```
public struct TabletopEnvironment: Environment {
  public let catalog: Catalog
  public let training: TrainingDistribution
  /// In the order of `suites`.
  public let suiteDefinitions: [Suite]
  let builder: SceneBuilder
  let renderers: LazyRendererPool
  private let suitesHash: String

  /// Reads `Scenes/` and `Benchmarks/` in a root folder.
  ///
  /// No renderer is started before the first picture is asked for.
  ///
  /// - Parameter contexts: how many pictures are drawn at a time; nil for one a core.
  /// - Throws: `YAMLError`, which names file, line and mend of every mistake.
  public init(root: String, contexts: Int? = nil) throws {
    catalog = try Catalog(root: root)
    let files = try BenchmarkFiles(root: root, catalog: catalog)
    training = files.training
    suiteDefinitions = files.suites
    suitesHash = files.hash
    builder = files.builder
    renderers = LazyRendererPool(contexts: contexts)
  }

  public var suites: [SuiteDescription] { suiteDefinitions.map(\.description) }

  public var facts: [String: String] {
    [
      "scenes": catalog.filesHash, "benchmarks": suitesHash,
      "renderer": (try? renderers.pool().rendererDescription) ?? "none",
      "imageSize": "\(SceneBuilder.imageSize)", "controlRate": "5 Hz",
      "robot": catalog.arenas[training.arena]?.robot ?? "",
    ]
  }

  // MARK: - Episodes

  public func episode(
    suite: String, task: String, index: Int, seed: UInt64, strength: Double
  ) throws -> Episode {
    let (suite, task) = try definition(suite: suite, task: task)
    guard (0...1).contains(strength) else { throw SceneDrawError.strengthOutsideRange(strength) }
    let factors = task.factors.map { FactorSetting(name: $0, strength: strength) }
    return try episode(
      suite, task, index: index, seed: seed, factors: factors, isCleanTwin: false)
  }

  public func cleanTwin(of episode: Episode) throws -> Episode? {
    guard !episode.isCleanTwin, !episode.factors.isEmpty else { return nil }
    let (suite, task) = try definition(suite: episode.suite, task: episode.task)
    return try self.episode(
      suite, task, index: episode.index, seed: episode.seed, factors: [], isCleanTwin: true)
  }

  private func episode(
    _ suite: Suite, _ task: TaskDefinition, index: Int, seed: UInt64, factors: [FactorSetting],
    isCleanTwin: Bool
  ) throws -> Episode {
    var episode = Episode(
      suite: suite.name, task: task.name, index: index, seed: seed, factors: factors,
      isCleanTwin: isCleanTwin, instruction: "", stepLimit: task.stepLimit)
    let scene = try scene(of: episode)
    episode.instruction = training.instruction(
      for: scene, factors: task.factors.compactMap { suite.factors[$0] },
      strength: factors.map(\.strength).max() ?? 0, stream: stream(of: episode, draw: task.draw))
    return episode
  }

  public func interface(suite: String, task: String) throws -> Interface {
    _ = try definition(suite: suite, task: task)
    let size = SceneBuilder.imageSize
    return Interface(
      name: training.arena,
      cameras: [CameraInterface(name: CameraName.primary, height: size, width: size)],
      state: StateLayout(
        [
          .position, .orientation(.rollPitchYaw), .gripperWidth,
          .jointAngles(count: ArmModel.jointCount),
        ], widestGripper: ContactRules().maximumOpening),
      action: .endEffectorDelta, controlRate: 5)
  }

  public func start(_ episode: Episode) throws -> TabletopState {
    try TabletopState(scene: scene(of: episode), instruction: episode.instruction)
  }

  private func scene(of episode: Episode) throws -> EpisodeScene {
    let (suite, task) = try definition(suite: episode.suite, task: episode.task)
    // One strength serves all factors of an episode: it is the suite's knob.
    return try builder.scene(
      of: task, factors: task.factors.compactMap { suite.factors[$0] },
      strength: episode.factors.map(\.strength).max() ?? 0,
      stream: stream(of: episode, draw: task.draw))
  }

  private func stream(of episode: Episode, draw: String) -> RandomStream {
    RandomStream(seed: episode.seed).named("episode", episode.suite, draw).numbered(episode.index)
  }

  private func definition(suite: String, task: String) throws -> (Suite, TaskDefinition) {
    guard let found = suiteDefinitions.first(where: { $0.name == suite }) else {
      throw SceneDrawError.unknownSuite(suite, known: suiteDefinitions.map(\.name))
    }
    guard let definition = found.tasks.first(where: { $0.name == task }) else {
      throw SceneDrawError.unknownTask(task, suite: suite, known: found.tasks.map(\.name))
    }
    return (found, definition)
  }

  // MARK: - Acting

  public func step(_ state: inout TabletopState, applying action: Action) {
    state.advance(applying: action)
  }

  public func status(of state: TabletopState) -> EpisodeStatus { state.status }

  public func expertAction(in state: TabletopState) -> Action {
    Action(Expert(scene: state.scene).choice(in: state.world, for: state.scene.goal).command)
  }
}
