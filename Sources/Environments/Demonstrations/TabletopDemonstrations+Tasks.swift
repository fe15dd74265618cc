import EnvironmentInterface
import RandomNumbers
import Simulation

/// Demonstrations of a suite's own tasks: in their set-ups, with their words.
extension TabletopDemonstrations {
  /// A moment of one of the request's tasks, which take turns.
  ///
  /// The scene is drawn as an episode's is, from the demonstrations' own stream: no episode that is judged has its seed.
  func taskMoment(
    _ number: Int, of request: DemonstrationRequest, stream: RandomStream
  ) throws -> Moment {
    let (task, round) = try definition(number, of: request)
    let scene = try environment.builder.scene(
      of: task.turn(round).task, factors: [], strengths: .none, stream: stream.named("scene"))
    let episode = try DemonstratedEpisode(
      scene: scene, stream: stream, request: request,
      stepLimit: task.stepLimit + DemonstratedEpisode.respite)
    let view = View(of: episode.world, in: scene)
    let decision = decision(in: episode, view: view, task: task, request: request, stream: stream)
    return Moment(view: view, decisions: [decision])
  }

  /// The task of a frame, and how many frames of it were before.
  private func definition(
    _ number: Int, of request: DemonstrationRequest
  ) throws(SceneDrawError) -> (task: TaskDefinition, round: Int) {
    let named = request.tasks[number % request.tasks.count]
    guard let suite = environment.suiteDefinitions.first(where: { $0.name == named.suite }) else {
      throw .unknownSuite(named.suite, known: environment.suiteDefinitions.map(\.name))
    }
    guard let task = suite.tasks.first(where: { $0.name == named.task }) else {
      throw .unknownTask(named.task, suite: named.suite, known: suite.tasks.map(\.name))
    }
    return (task, number / request.tasks.count)
  }

  private func decision(
    in episode: DemonstratedEpisode, view: View, task: TaskDefinition,
    request: DemonstrationRequest, stream: RandomStream
  ) -> Decision {
    let scene = episode.scene
    let expert = Expert(scene: scene)
    let choice = expert.choice(in: episode.world, for: scene.goal)
    let instruction = environment.training.instruction(
      for: scene, of: task, factors: [], strengths: .none, stream: stream)
    let bodies = [scene.goal.object] + (scene.goal.target.map { [$0] } ?? [])
    return Decision(
      instruction: instruction, action: scene.setup.action(choice.command),
      nextActions: expert.actions(
        request.chunkLength, from: episode.world, for: scene.goal, first: choice),
      goalPoint: view.imagePoint(of: choice.subgoal),
      gripperPoint: view.imagePoint(of: view.fingertips),
      hand: expert.handState(in: episode.world, for: scene.goal, choice: choice),
      mentions: bodies.compactMap { body in
        let words = scene.objects[body].model.words
        let phrase = ([words.phrase] + words.variants + [words.noun])
          .first(where: instruction.contains)
        return phrase.map { Mention(phrase: $0, point: view.imagePoint(ofObject: body)) }
      })
  }
}
