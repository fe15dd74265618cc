import EnvironmentInterface
import RandomNumbers
import Simulation

/// Demonstrations of a suite's own tasks: in their set-ups, with their words.
extension TabletopDemonstrations {
  /// A moment of one of the tasks, which take turns.
  ///
  /// - Parameters:
  ///   - number: Of the demonstration.
  ///   - frame: The frame's own number.
  ///   - stream: The frame's own chance: the moment, what is said, how the picture is changed.
  ///
  /// The scene is drawn as an episode's is, from the demonstrations' own stream: no episode that is judged has its seed.
  func taskMoment(
    _ number: Int, frame: Int, of request: DemonstrationRequest, stream: RandomStream
  ) throws -> Moment {
    let (round, turn) = number.quotientAndRemainder(dividingBy: tasks.count)
    let task = tasks[turn]
    let own = self.stream(number, of: request)
    let scene = try environment.builder.scene(
      of: task.turn(round).task, factors: [], strengths: .none, stream: own.named("scene"))
    let episode = try DemonstratedEpisode(
      scene: scene, stream: disturbance(ofDemonstration: number, frame: stream, request),
      moment: stream, request: request,
      stepLimit: task.stepLimit + DemonstratedEpisode.respite)
    var view = View(of: episode.world, in: scene)
    for index in view.objects.indices {
      let name = view.objects[index].model.name
      view.objects[index].kind = kinds.firstIndex { $0.name == name }
    }
    try varyLooks(of: &view, frame: frame, in: scene.setup, request, stream: stream)
    let augmentation = augmentation(of: request, stream: stream)
    view.crop = augmentation?.crop
    let decision = decision(in: episode, view: view, task: task, request: request, stream: stream)
    return Moment(
      view: view, decisions: [decision], dataset: scene.setup.name, gripper: scene.setup.gripper,
      augmentation: augmentation, earlier: earlier(of: episode, like: view, request))
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
      thingPoint: view.imagePoint(ofThingOf: scene.goal),
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

extension TabletopEnvironment {
  /// What takes part in tasks, each thing once, by name; what moves of their arenas too.
  func things(of tasks: [TaskDefinition]) -> [ObjectModel] {
    let names = tasks.flatMap { $0.objects + $0.targets + $0.companions + $0.others }
    let fixtures = tasks.flatMap { catalog.setups[$0.setup]?.arena.fixtures ?? [] }
    let models =
      names.compactMap { catalog.objects[$0] }
      + fixtures.map(\.object).filter { $0.joint != nil }
    return Dictionary(models.map { ($0.name, $0) }) { first, _ in first }.values
      .sorted { $0.name < $1.name }
  }

  /// What patch labels tell apart: what pictures show, then what else takes part in tasks.
  func pictured(with tasks: [TaskDefinition]) -> [ObjectModel] {
    let pictured = training.pictured.objects.compactMap { catalog.objects[$0] }
    let known = Set(pictured.map(\.name))
    return pictured + things(of: tasks).filter { !known.contains($0.name) }
  }
}
