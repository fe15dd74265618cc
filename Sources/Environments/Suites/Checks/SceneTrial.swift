import EnvironmentInterface
import Geometry
import RandomNumbers
import Rendering
import StrictYAML

/// A few scenes of each task, drawn when the files are read: what only shows in a scene is found before the first episode.
struct SceneTrial {
  let builder: SceneBuilder
  /// Scenes of a task that are drawn.
  private static let scenes = 2
  /// Scenes of a task in one of which each factor must show.
  private static let most = 6

  /// Draws scenes of a suite's tasks and complains where one cannot be, or where a factor changes nothing at full strength.
  func run(_ suite: Suite, complaints: inout BenchmarkChecks) {
    for task in suite.tasks {
      let factors = task.factors.compactMap { suite.factors[$0] }
      do {
        for number in 0..<Self.scenes {
          _ = try first(of: task, factors, strength: 1, number, suite).scene.firstWorld()
        }
        for factor in factors where try !shows(factor, in: task, suite) {
          complaints.complain(
            factor.place,
            "the factor '\(factor.name)' changes nothing in task '\(task.name)' at full strength",
            mend: "let it act on something that the scene has")
        }
      } catch {
        complaints.complain(
          task.place, "no episode can start: \(error)", mend: "change the task, or its factors")
      }
    }
  }

  /// Draws scenes of the training distribution and complains where none of them can be.
  ///
  /// Demonstrations draw again where one does not fit on the table, so that one that does is enough.
  func runTraining(complaints: inout BenchmarkChecks) {
    let stream = RandomStream(seed: 0).named("trial", "training")
    var trouble: SceneDrawError?
    do {
      for number in 0..<Self.most {
        var source = stream.numbered(number)
        do {
          let scene = try builder.scene(
            of: builder.training.task(source: &source), factors: [], strengths: .none,
            stream: stream.numbered(number))
          _ = try scene.firstWorld()
          return
        } catch let error as SceneDrawError {
          trouble = error
        }
      }
      if let trouble { throw trouble }
    } catch {
      complaints.complain(
        builder.training.place, "no demonstration can start: \(error)",
        mend: "change the training distribution")
    }
  }

  /// Whether a scene with the factor alone differs from one without.
  private func shows(_ factor: Factor, in task: TaskDefinition, _ suite: Suite) throws -> Bool {
    for number in 0..<Self.most {
      let perturbed = try first(of: task, [factor], strength: 1, number, suite)
      let clean = try first(of: task, [factor], strength: 0, number, suite)
      if perturbed.instruction != clean.instruction || !perturbed.scene.isLike(clean.scene) {
        return true
      }
    }
    return false
  }

  private func first(
    of task: TaskDefinition, _ factors: [Factor], strength: Double, _ number: Int, _ suite: Suite
  ) throws -> (scene: EpisodeScene, instruction: String) {
    let stream = RandomStream(seed: 0).named("trial", suite.name, task.draw).numbered(number)
    let strengths = FactorStrengths(strength, of: factors.map(\.name))
    let scene = try builder.scene(of: task, factors: factors, strengths: strengths, stream: stream)
    let instruction = builder.training.instruction(
      for: scene, of: task, factors: factors, strengths: strengths, stream: stream)
    return (scene, instruction)
  }
}

extension EpisodeScene {
  /// Whether two scenes show the same things at the same places in the same surroundings.
  fileprivate func isLike(_ other: EpisodeScene) -> Bool {
    func surroundings(_ scene: EpisodeScene) -> [[Part]] {
      scene.views.primary.staticScene.instances.map(\.model.parts)
    }
    return firstPoses == other.firstPoses && firstGripper == other.firstGripper
      && sensing.sensor == other.sensing.sensor && sensing.latency == other.sensing.latency
      && setup.primary == other.setup.primary && setup.rules == other.setup.rules
      && views.primary.staticScene.light == other.views.primary.staticScene.light
      && objects.map(\.model.parts) == other.objects.map(\.model.parts)
      && surroundings(self) == surroundings(other)
  }
}
