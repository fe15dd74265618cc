import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Testing

@testable import Environments

/// Proof of the split: what evaluation perturbs, training does not hold.
struct SplitTests {
  /// A factor of a suite with the tasks in which it acts.
  struct FactorCase: Sendable, CustomTestStringConvertible {
    var suite: String
    var factor: Factor
    var tasks: [TaskDefinition]
    var testDescription: String { "\(suite)/\(factor.name)" }

    static let all: [FactorCase] =
      (try? SharedTabletop.environment())?.suiteDefinitions.flatMap { suite in
        suite.factors.values.sorted { $0.name < $1.name }.map { factor in
          FactorCase(
            suite: suite.name, factor: factor,
            tasks: suite.tasks.filter { $0.factors.contains(factor.name) })
        }
      } ?? []
  }

  private static let samples = 10_000

  @Test(arguments: FactorCase.all)
  func noDrawnValueIsOneThatTrainingHolds(_ testCase: FactorCase) throws {
    let environment = try SharedTabletop.environment()
    let support = TrainingSupport(
      catalog: environment.catalog, training: environment.training)
    let draws = Draws(environment: environment, support: support, factor: testCase.factor)
    var held = 0
    for number in 0..<Self.samples {
      let task = testCase.tasks[number % testCase.tasks.count]
      let stream = RandomStream(seed: 5).named("split", testCase.suite, task.draw).numbered(number)
      if try draws.isHeld(in: task, stream: stream) { held += 1 }
    }
    #expect(held == 0, "\(held) of \(Self.samples) draws are within the training distribution")
  }

  @Test func noEvaluationSceneIsATrainingScene() throws {
    let environment = try SharedTabletop.environment()
    let demonstrations = TabletopDemonstrations(environment: environment)
    func places(_ scene: EpisodeScene) -> [String] {
      zip(scene.objects, scene.firstPoses).map { "\($0.model.name) \($1.translation)" }.sorted()
    }
    var seen: Set<[String]> = []
    for seed in 0..<UInt64(4) {
      for number in 0..<500 {
        let stream = RandomStream(seed: seed).named("demonstrations", "robot").numbered(number)
        seen.insert(places(try demonstrations.scene(stream.named("scene").numbered(0))))
      }
    }
    #expect(seen.count == 2000)
    for suite in environment.suites {
      for task in suite.tasks {
        for index in 0..<suite.defaultEpisodesPerTask {
          let episode = try environment.episode(
            suite: suite.name, task: task, index: index, seed: UInt64(index % 4), strength: 1)
          let scene = try environment.start(episode).scene
          #expect(!seen.contains(places(scene)))
        }
      }
    }
  }

  @Test(arguments: TaskCase.perturbed)
  func instructionsDoNotTellWhatIsPerturbed(_ task: TaskCase) throws {
    let environment = try SharedTabletop.environment()
    let suite = try #require(environment.suiteDefinitions.first { $0.name == task.suite })
    let definition = try #require(suite.tasks.first { $0.name == task.task })
    let factors = definition.factors.compactMap { suite.factors[$0] }
    let changesWords = factors.contains {
      switch $0.effect {
      case .reword, .replace, .locate, .typo, .punctuation: true
      default: false
      }
    }
    for index in 0..<20 {
      let episode = try task.episode(index)
      let scene = try environment.start(episode).scene
      // The names of what is in the scene may be said, whatever a factor is called.
      var sentence = episode.instruction
      for words in scene.objects.map(\.model.words) {
        for name in [words.phrase] + words.unseen {
          sentence = sentence.replacingOccurrences(of: name, with: "")
        }
      }
      let tells =
        definition.factors.flatMap { [$0, $0.replacing("-", with: " ")] }
        + [task.suite, task.task, "unseen", "perturb", "distract", "factor", "clean", "generali"]
      for word in tells { #expect(!sentence.contains(word), "\(episode.instruction)") }
      if !changesWords, let twin = try environment.cleanTwin(of: episode) {
        #expect(episode.instruction == twin.instruction)
      }
    }
  }
}

/// What a factor draws, without the rest of the scene where it needs none.
private struct Draws {
  let environment: TabletopEnvironment
  let support: TrainingSupport
  let factor: Factor

  /// Whether the factor's draw in an episode of a task is within the training distribution.
  func isHeld(in task: TaskDefinition, stream: RandomStream) throws -> Bool {
    let (catalog, training) = (environment.catalog, environment.training)
    func cast() throws -> SceneCast {
      try SceneCast(of: task, factors: [factor], catalog: catalog, stream: stream)
    }
    func member(_ role: Factor.Role) throws -> (index: Int, name: String) {
      let members = try cast().members
      let index = try #require(members.firstIndex { $0.role == role })
      return (index, members[index].replacement?.name ?? members[index].name)
    }
    let full = FactorStrengths(1, of: [factor.name])
    switch factor.effect {
    case .surface(let name, _):
      let arena = try #require(catalog.setups[training.setup]?.arena)
      let changed = arena.perturbed(by: [factor], strengths: full, stream: stream)
      let surface = try #require(changed.surfaces.first { $0.name == name })
      return surface.parts.contains { support.holds(material: $0.material, onSurface: name) }
    case .light:
      let arena = try #require(catalog.setups[training.setup]?.arena)
      return support.holds(
        light: arena.perturbed(by: [factor], strengths: full, stream: stream).light)
    case .distractors:
      let members = try cast().members
      let shown = members.filter { $0.distractor != nil }
      return members.count <= training.objectCount.upperBound
        && shown.contains { training.objects.contains($0.name) }
    case .recolor(let role, _):
      let name = try member(role).name
      let object = try #require(catalog.objects[name])
      let changed = object.perturbed(as: role, by: [factor], strengths: full, stream: stream)
      return changed.parts.contains { support.holds(paint: $0.material.color, of: [name]) }
    case .scale(let role, _):
      let object = try #require(catalog.objects[try member(role).name])
      let changed = object.perturbed(as: role, by: [factor], strengths: full, stream: stream)
      return support.holds(scale: changed.top / object.top)
    case .turn(let role, _), .relocate(let role, _):
      let cast = try cast()
      let layout = try environment.builder.layout(
        of: cast, task: task, factors: [factor], stream: stream)
      let place = layout.places[try member(role).index]
      if case .turn = factor.effect { return support.holds(yaw: place.yaw(full)) }
      return support.holds(place: place.position(full))
    case .raise(_, let size, _): return support.holds(height: size.z)
    case .replace(let role, _): return support.holds(object: try member(role).name, as: role)
    case .reword:
      let object = try #require(catalog.objects[try member(.object).name])
      let target = task.family.hasTarget ? catalog.objects[try member(.target).name] : nil
      let sentence = training.instruction(
        of: task.family, object: object.words, target: target?.words, factors: [factor],
        strengths: full, stream: stream)
      return support.holds(sentence: sentence, of: task.family)
    case .locate(let left, let right):
      let known = environment.training.objects.compactMap { catalog.objects[$0]?.words }
        .flatMap { [$0.phrase] + $0.variants }
      return known.contains(left) || known.contains(right)
    case .typo, .punctuation:
      let object = try #require(catalog.objects[try member(.object).name])
      let clean = training.instruction(
        of: task.family, object: object.words, target: nil, factors: [], strengths: full,
        stream: stream)
      let said = [factor].respelled(clean, strengths: full, stream: stream)
      return said == clean || support.holds(sentence: said, of: task.family)
    case .noise, .blur, .exposure:
      return support.holds(sensor: Sensor([factor], strengths: full, stream: stream))
    case .camera:
      let setup = try #require(catalog.setups[training.setup])
      let changed = setup.perturbed(by: [factor], strengths: full, stream: stream)
      return support.holds(camera: changed.primary)
    case .graspTolerance:
      let setup = try #require(catalog.setups[training.setup])
      let changed = setup.perturbed(by: [factor], strengths: full, stream: stream)
      return support.holds(graspsUnder: changed.rules)
    case .latency: return support.holds(latency: [factor].latency(full))
    case .start:
      let setup = try #require(catalog.setups[training.setup])
      return support.holds(
        start: [factor].start(
          from: setup.start.min, in: setup, strengths: full, stream: stream))
    }
  }
}
