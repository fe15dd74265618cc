import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Rendering

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
  /// Factors of `Benchmarks/factors`, which may act in any task.
  public let sharedFactors: [String: Factor]
  let builder: SceneBuilder
  /// What the expert solves; nil where nobody has written it down.
  let solvable: SolvabilityFile?
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
    sharedFactors = files.factors
    suitesHash = files.hash
    builder = files.builder
    solvable = try SolvabilityFile(root: root)
    renderers = LazyRendererPool(contexts: contexts)
  }

  public var suites: [SuiteDescription] { suiteDefinitions.map(\.description) }

  /// The tasks of all suites, in their order.
  public var tasks: [SuiteTask] {
    suiteDefinitions.flatMap { suite in
      suite.tasks.map { SuiteTask(suite: suite.name, task: $0.name) }
    }
  }

  public var facts: [String: String] {
    var facts = [
      "scenes": catalog.filesHash, "benchmarks": suitesHash,
    ]
    // Policies that do not see need none.
    facts["renderer"] = try? renderers.pool().rendererDescription
    return facts
  }

  /// Starts what draws pictures, which otherwise starts with the first one.
  ///
  /// - Throws: `RenderingError` where this machine has no driver for it.
  public func startRenderer() throws { _ = try renderers.pool() }

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

  public func episode(_ episode: Episode, under factors: [FactorSetting]) throws -> Episode {
    let (suite, task) = try definition(suite: episode.suite, task: episode.task)
    return try self.episode(
      suite, task, index: episode.index, seed: episode.seed, factors: factors, isCleanTwin: false)
  }

  private func episode(
    _ suite: Suite, _ task: TaskDefinition, index: Int, seed: UInt64, factors: [FactorSetting],
    isCleanTwin: Bool
  ) throws -> Episode {
    var episode = Episode(
      suite: suite.name, task: task.name, index: index, seed: seed, factors: factors,
      isCleanTwin: isCleanTwin, instruction: "", stepLimit: task.stepLimit,
      sharedDraw: suite.sharedDraw(of: task))
    let scene = try scene(of: episode)
    episode.instruction = training.instruction(
      for: scene, of: task, factors: try self.factors(of: episode, task, in: suite),
      strengths: FactorStrengths(factors), stream: stream(of: episode, task))
    return episode
  }

  public func interface(suite: String, task: String) throws -> Interface {
    let (_, task) = try definition(suite: suite, task: task)
    guard let setup = catalog.setups[task.setup] else {
      throw SceneDrawError.noneLeft(task: task.name, role: "set-up")
    }
    return setup.interface
  }

  /// Where things stand at the start of an episode, before its factors: the regions that its task names of its set-up,
  /// else the one of the training distribution.
  public func startRegions(of episode: Episode) throws -> [SurfaceRegion] {
    let (_, task) = try definition(suite: episode.suite, task: episode.task)
    let training = SurfaceRegion(region: training.region, height: 0)
    guard let setup = catalog.setups[task.setup] else { return [training] }
    let named = Set(task.staging.regions.values).sorted().compactMap { setup.regions[$0] }
    return named.isEmpty ? [setup.regions["table"] ?? training] : named
  }

  public func start(_ episode: Episode) throws -> TabletopState {
    try TabletopState(scene: scene(of: episode), instruction: episode.instruction)
  }

  private func scene(of episode: Episode) throws -> EpisodeScene {
    let (suite, task) = try definition(suite: episode.suite, task: episode.task)
    return try builder.scene(
      of: task.turn(episode.index).task, factors: factors(of: episode, task, in: suite),
      strengths: FactorStrengths(episode.factors), stream: stream(of: episode, task))
  }

  /// The task's factors, since its scenes are drawn to suit them at any strength, and what else the episode names.
  private func factors(
    of episode: Episode, _ task: TaskDefinition, in suite: Suite
  ) throws(SceneDrawError) -> [Factor] {
    var names = task.factors
    for setting in episode.factors {
      guard suite.factors[setting.name] != nil || sharedFactors[setting.name] != nil else {
        let known = Set(suite.factors.keys).union(sharedFactors.keys).sorted()
        throw .unknownFactor(setting.name, suite: suite.name, known: known)
      }
      guard (0...1).contains(setting.strength) else {
        throw .strengthOutsideRange(setting.strength)
      }
      if !names.contains(setting.name) { names.append(setting.name) }
    }
    return names.compactMap { suite.factors[$0] ?? sharedFactors[$0] }
  }

  private func stream(of episode: Episode, _ task: TaskDefinition) -> RandomStream {
    RandomStream(seed: episode.seed).named("episode", episode.suite, task.draw)
      .numbered(task.turn(episode.index).draw)
  }

  func definition(suite: String, task: String) throws -> (Suite, TaskDefinition) {
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
    // It knows the world and so where the hand will be when a late action acts.
    let then = state.whenItActs
    return state.scene.setup.action(
      Expert(scene: state.scene).choice(in: then.world, for: state.scene.goal).command)
  }
}
