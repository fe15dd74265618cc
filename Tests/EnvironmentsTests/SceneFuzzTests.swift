import EnvironmentInterface
import Foundation
import RandomNumbers
import Rendering
import Simulation
import StrictYAML
import TestSupport
import Testing

@testable import Environments

/// Mutated scene and suite files are refused by file and place, or give episodes that can be reset, stepped and drawn.
struct SceneFuzzTests {
  /// The package's files by their path from the root.
  private static let files: [(name: String, text: String)] = {
    let folders = [
      "Scenes/objects", "Scenes/arenas", "Scenes/robots", "Scenes/setups", "Scenes/cloths",
      "Scenes/goals", "Benchmarks", "Benchmarks/factors",
    ]
    return folders.flatMap { folder in
      let names = try? FileManager.default.contentsOfDirectory(
        atPath: "\(SharedTabletop.root)/\(folder)")
      return (names ?? []).filter { $0.hasSuffix(".yaml") }.sorted().compactMap { name in
        let path = "\(folder)/\(name)"
        let text = try? String(contentsOfFile: "\(SharedTabletop.root)/\(path)", encoding: .utf8)
        return text.map { (path, $0) }
      }
    }
  }()

  /// Mutates files whose path begins so, and uses what is accepted.
  private func fuzz(
    _ prefix: String, byDefault count: Int, use: (YAMLDocument, Int) throws -> Void
  ) throws {
    let files = Self.files.filter { $0.name.hasPrefix(prefix) }
    try #require(!files.isEmpty)
    var mutation = YAMLMutation(seed: 20)
    let tally = Fuzz.trial(of: prefix, byDefault: count) { number in
      let file = files[mutation.choice(of: files.count)]
      try use(YAMLDocument(bytes: mutation.mutate(file.text), named: file.name), number)
    } judging: { error in
      guard let complaints = (error as? YAMLError)?.complaints else { return "is of another kind" }
      // What a scene file says may be wrong for a suite only.
      let isWhole = complaints.allSatisfy {
        $0.file.hasSuffix(".yaml") && $0.line != nil && !$0.problem.isEmpty && !$0.mend.isEmpty
      }
      return isWhole ? nil : "lacks file, line or mend"
    }
    // A mutation that breaks nothing is rare, and one that is always noticed would be a reader that refuses all.
    #expect(
      tally.faults.isEmpty && tally.refused > tally.count / 3 && tally.read > 0, "\(tally)")
  }

  /// Resets an episode, lets the expert and then chance act, and draws what is seen.
  private func play(
    _ task: TaskDefinition, factors: [Factor], builder: SceneBuilder, renderers: RendererPool?,
    number: Int
  ) throws {
    var source = RandomStream(seed: 8).numbered(number)
    let scene: EpisodeScene
    do {
      scene = try builder.scene(
        of: task, factors: factors,
        strengths: FactorStrengths(Double(number % 3) / 2, of: factors.map(\.name)),
        stream: source.named("scene"))
    } catch is SceneDrawError {
      return
    }
    var state = try TabletopState(scene: scene, instruction: "")
    for step in 0..<4 {
      let expert = Expert(scene: scene).choice(in: state.world, for: scene.goal).command
      let action =
        step < 2
        ? scene.setup.action(expert)
        : Action(
          translation: source.point(from: .init(repeating: -0.05), to: .init(repeating: 0.05)),
          rotation: .zero, gripper: source.uniform())
      state.advance(applying: action)
      let isFinite = state.proprioception.jointAngles.allSatisfy(\.isFinite)
      #expect(isFinite)
    }
    if let renderers { _ = try renderers.render([state.frame]) }
  }

  /// A catalog with one thing read from another file, and the benchmarks as they are.
  private func environment(
    with document: YAMLDocument
  ) throws -> (catalog: Catalog, suites: [Suite], builder: SceneBuilder) {
    let shared = try SharedTabletop.environment()
    var catalog = shared.catalog
    var training = shared.training
    var suites = shared.suiteDefinitions
    let name = document.name
    try document.read { root in
      switch name.split(separator: "/").dropLast().joined(separator: "/") {
      case "Scenes/objects":
        let object = try ObjectModel(root)
        catalog.objects[document.stem] = object
        catalog.drawnObjects[document.stem] = (
          try root.drawable(object.parts), try object.contentDigest
        )
      case "Scenes/robots":
        let robot = try Robot(root)
        catalog.robots[document.stem] = robot
        for (name, setup) in catalog.setups where setup.robot.name == document.stem {
          catalog.setups[name]?.robot = robot
        }
      case "Scenes/arenas":
        let arena = try Arena(root, objects: catalog.objects.mapValues { $0 })
        catalog.arenas[document.stem] = arena
        for (name, setup) in catalog.setups where setup.arena.name == document.stem {
          catalog.setups[name]?.arena = arena
        }
      case "Scenes/cloths": catalog.cloths[document.stem] = try ClothKind(root)
      case "Scenes/goals":
        let family = try TaskFamily(root)
        suites = suites.map { suite in
          var suite = suite
          for index in suite.tasks.indices where suite.tasks[index].family.name == document.stem {
            suite.tasks[index].family = family
          }
          return suite
        }
      case "Scenes/setups":
        catalog.setups[document.stem] = try Setup.read(
          root, robots: catalog.robots.mapValues { $0 }, arenas: catalog.arenas.mapValues { $0 })
      case "Benchmarks/factors":
        let context = FactorContext(
          groups: training.groups, catalog: catalog,
          surfaces: catalog.setups[training.setup]?.arena.surfaces.map(\.name) ?? [])
        let factor = try Factor(file: root, context: context)
        suites = suites.compactMap { suite in
          guard suite.factors[document.stem] != nil else { return nil }
          var suite = suite
          suite.factors[document.stem] = factor
          return suite
        }
      default:
        if document.stem == "in-distribution", let section = root.entry("training") {
          training = try TrainingDistribution(section, catalog: catalog)
        }
      }
    }
    catalog.setups = catalog.setups.mapValues { setup in
      var setup = setup
      // A set-up may have a workspace of its own.
      let workspace = setup.robot.workspace
      let isOwn = shared.catalog.robots[setup.robot.name]?.workspace != workspace
      setup.robot = catalog.robots[setup.robot.name] ?? setup.robot
      if isOwn { setup.robot.workspace = workspace }
      setup.arena = catalog.arenas[setup.arena.name] ?? setup.arena
      return setup
    }
    if name.hasPrefix("Benchmarks"), !name.hasPrefix("Benchmarks/factors") {
      let suite = try document.read {
        try Suite($0, training: training, catalog: catalog, shared: shared.sharedFactors)
      }
      suites = [suite]
    }
    var checks = BenchmarkChecks(catalog: catalog, training: training)
    checks.checkTraining()
    for suite in suites { checks.check(suite) }
    try checks.finish()
    let builder = try SceneBuilder(catalog: catalog, training: training)
    if name.hasPrefix("Benchmarks") {
      let trial = SceneTrial(builder: builder)
      trial.runTraining(complaints: &checks)
      for suite in suites { trial.run(suite, complaints: &checks) }
      try checks.finish()
    }
    return (catalog, suites, builder)
  }

  private func fuzzAndPlay(_ prefix: String, byDefault count: Int) throws {
    let renderers = try SharedTabletop.environment().renderers.pool()
    try fuzz(prefix, byDefault: count) { document, number in
      let (catalog, suites, builder) = try environment(with: document)
      var source = RandomStream(seed: 9).numbered(number)
      guard let suite = source.element(of: suites), var task = source.element(of: suite.tasks)
      else { return }
      if prefix == "Scenes/objects" {
        // The thing that was changed takes part.
        task.companions = [document.stem]
        if catalog.objects[document.stem]?.body.isGraspable == true {
          task.objects = [document.stem]
        }
      }
      do {
        try play(
          task, factors: task.factors.compactMap { suite.factors[$0] }, builder: builder,
          renderers: number % 8 == 0 ? renderers : nil, number: number)
      } catch is SimulationError where prefix.hasPrefix("Scenes") {
        // An object may be too large for a task that was not written for it; it is refused by the trial of such a suite.
      }
    }
  }

  @Test func mutatedObjectsAreRefusedOrPlayed() throws {
    try fuzzAndPlay("Scenes/objects", byDefault: 400)
  }

  @Test func mutatedArenasAreRefusedOrPlayed() throws {
    try fuzzAndPlay("Scenes/arenas", byDefault: 200)
  }

  @Test func mutatedRobotsAreRefusedOrPlayed() throws {
    try fuzzAndPlay("Scenes/robots", byDefault: 200)
  }

  @Test func mutatedSetupsAreRefusedOrPlayed() throws {
    try fuzzAndPlay("Scenes/setups", byDefault: 200)
  }

  @Test func mutatedSuitesAreRefusedOrPlayed() throws {
    try fuzzAndPlay("Benchmarks", byDefault: 200)
  }
}
