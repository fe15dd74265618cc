import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Rendering
import Simulation
import Threads

/// Demonstrations of the training distribution and pictures for vision and language, drawn on demand.
///
/// Frame n of a request is a pure function of the request and n: it makes the n-th random episode, lets the expert act
/// in it under noise, keeps one moment, draws it once, and says what the expert does there under the demonstrated
/// instruction and under others. Nothing is stored, and no two frames share an episode.
public struct TabletopDemonstrations: DemonstrationSource {
  let environment: TabletopEnvironment
  /// What is demonstrated in place of the training distribution; empty for that.
  let tasks: [TaskDefinition]
  /// What patch labels tell apart, in the order of their numbers.
  let kinds: [ObjectModel]
  private let surroundings = SurroundingsCache()
  private let paints: PaintedThings
  /// Colors of the lamps of evaluations.
  private let lamps: [Color]
  private let visited: VisitedStates

  /// Demonstrations of the training distribution.
  ///
  /// - Parameters:
  ///   - environment: whose scenes, training distribution and renderers are used.
  ///   - visited: states that some frames may show; each of its episodes may be learned from.
  public init(environment: TabletopEnvironment, visited: VisitedStates = VisitedStates([])) {
    self.init(environment: environment, definitions: [], visited: visited)
  }

  public var visitedCount: Int { visited.count }

  public var graspsThings: Bool {
    tasks.isEmpty || tasks.contains { Misjudgement.isPossible(in: $0.family) }
  }

  /// Demonstrations of tasks, each as often, unperturbed, in its own set-up and with its own words; where there are none, of
  /// the training distribution.
  ///
  /// - Throws: `SceneDrawError` where there is no such suite or task.
  public init(environment: TabletopEnvironment, tasks: [SuiteTask]) throws {
    self.init(
      environment: environment,
      definitions: try tasks.map {
        try environment.definition(suite: $0.suite, task: $0.task).1
      })
  }

  private init(
    environment: TabletopEnvironment, definitions: [TaskDefinition],
    visited: VisitedStates = VisitedStates([])
  ) {
    self.environment = environment
    self.visited = visited
    tasks = definitions
    let effects = environment.suiteDefinitions.flatMap { $0.factors.values.map(\.effect) }
    paints = PaintedThings(heldOut: effects.flatMap(\.paints))
    lamps = effects.compactMap(\.lamp)
    kinds = environment.pictured(with: definitions)
  }

  public var patchClasses: (kinds: Int, colors: Int) {
    (kinds.count + 1, ObjectWords.colorNames.count + 1)
  }

  public var kindPhrases: [String] { ["nothing"] + kinds.map(\.words.phrase) }

  public func frames(
    _ numbers: Range<Int>, of request: DemonstrationRequest
  ) throws -> [DemonstrationFrame] {
    let moments = try concurrentMap(Array(numbers)) { try moment($0, of: request) }
    let pool = try environment.renderers.pool()
    let frames = moments.map(\.view.frame)
    let images = try images(of: moments, pool)
    let needsLabels = request.patchGrid > 0 || request.questionsPerFrame > 0
    let labels = needsLabels ? try pool.renderLabels(frames) : []
    let shown = zip(moments, labels).map { moment, labels in
      moment.augmentation.map { labels.cropped($0.crop) } ?? labels
    }
    let writer = questionWriter(for: request.content)
    return moments.indices.map { index in
      let moment = moments[index]
      var source = stream(numbers.lowerBound + index, of: request).named("questions")
      return DemonstrationFrame(
        content: request.content, dataset: moment.dataset, gripper: moment.gripper,
        image: images[index].now,
        proprioception: moment.view.proprioception,
        earlier: request.seesEarlier ? moment.earlierObservation(images[index]) : nil,
        decisions: moment.decisions,
        questions: needsLabels
          ? writer.questions(
            request.questionsPerFrame, about: moment.view, labels: shown[index],
            source: &source) : [],
        patches: request.patchGrid > 0
          ? moment.view.patchLabels(grid: request.patchGrid, labels: shown[index]) : [])
    }
  }

  /// A picture to be taken, and what is done there.
  struct Moment: Sendable {
    var view: View
    var decisions: [Decision]
    var dataset = DemonstrationFrame.trainingDataset
    var gripper = GripperLayout.openIsOne
    /// What is done to the picture; the view shows the part that is left of it.
    var augmentation: ImageAugmentation?
    /// What was there one control step before; nil where nobody asks, or where nothing was before.
    var earlier: Earlier?
  }

  /// The number of the demonstration that a robot frame is a moment of.
  private func demonstration(ofFrame number: Int, _ request: DemonstrationRequest) -> Int {
    request.demonstrations.map { number % $0 } ?? number
  }

  /// The chance by which the expert is disturbed in a demonstration.
  ///
  /// - Parameters:
  ///   - number: Of the demonstration.
  ///   - frame: The frame's own chance.
  func disturbance(
    ofDemonstration number: Int, frame: RandomStream, _ request: DemonstrationRequest
  ) -> RandomStream {
    request.drawsNoiseAnew ? frame : stream(number, of: request)
  }

  func stream(_ number: Int, of request: DemonstrationRequest) -> RandomStream {
    RandomStream(seed: request.seed).named("demonstrations", request.content.rawValue)
      .numbered(number)
  }

  func moment(_ number: Int, of request: DemonstrationRequest) throws -> Moment {
    let stream = stream(number, of: request)
    let augmentation = augmentation(of: request, stream: stream)
    switch request.content {
    case .vision:
      let surroundings = try variedSurroundings(ofFrame: number, request)
      var view = try visionScene.view(stream, surroundings: surroundings) {
        try painted($0, request, saying: [], stream)
      }
      view.crop = augmentation?.crop
      return Moment(view: view, decisions: [], augmentation: augmentation)
    case .robot where !tasks.isEmpty:
      return try taskMoment(
        demonstration(ofFrame: number, request), frame: number, of: request, stream: stream)
    case .robot:
      let episode = try episode(
        demonstration(ofFrame: number, request), of: request, stream: stream)
      var view = View(of: episode.world, in: episode.scene)
      view.crop = augmentation?.crop
      try varyLooks(of: &view, frame: number, request, stream: stream)
      let decisions = decisions(in: episode, view: view, request: request, stream: stream)
      view.show(
        try painted(view.objects, request, saying: decisions.map(\.instruction), stream))
      return Moment(
        view: view, decisions: decisions, augmentation: augmentation,
        earlier: earlier(of: episode, like: view, request))
    }
  }

  /// What a robot frame shows: a moment of a demonstration, or a state that was visited.
  ///
  /// - Parameters:
  ///   - number: Of the demonstration.
  ///   - stream: The frame's own chance.
  private func episode(
    _ number: Int, of request: DemonstrationRequest, stream: RandomStream
  ) throws -> DemonstratedEpisode {
    var choosing = stream.named("visited")
    guard request.visitedShare > 0, visited.count > 0, choosing.chance(request.visitedShare) else {
      let own = self.stream(number, of: request)
      return try DemonstratedEpisode(
        scene: scene(own),
        stream: disturbance(ofDemonstration: number, frame: stream, request), moment: stream,
        request: request)
    }
    let (state, before) = try visited.state(
      choosing.integer(below: visited.count), in: environment)
    return DemonstratedEpisode(scene: state.scene, world: state.world, earlier: before?.world)
  }

  private var visionScene: VisionScene {
    VisionScene(
      catalog: environment.catalog, training: environment.training, kinds: kinds.map(\.name))
  }

  /// Gives a robot frame other surroundings, with the chance that the request says.
  ///
  /// - Parameters:
  ///   - setup: Whose arena it stays; nil for any.
  ///   - stream: The frame's own chance.
  func varyLooks(
    of view: inout View, frame number: Int, in setup: Setup? = nil, _ request: DemonstrationRequest,
    stream: RandomStream
  ) throws {
    var looks = stream.named("looks")
    guard request.variedLooks > 0, looks.chance(request.variedLooks) else { return }
    view.frame.staticScene = try variedSurroundings(
      ofFrame: number, in: setup, request, maySoften: true
    ).staticScene
  }

  /// Surroundings of any looks, shared by some frames.
  ///
  /// - Parameters:
  ///   - setup: Whose arena it stays; nil for any.
  ///   - maySoften: Half of them are shaded softly, so that what is learned does not rest on hard shadows.
  private func variedSurroundings(
    ofFrame number: Int, in setup: Setup? = nil, _ request: DemonstrationRequest,
    maySoften: Bool = false
  ) throws -> VisionScene.Surroundings {
    let shared = VisionScene.surroundings(ofFrame: number)
    let stream = RandomStream(seed: request.seed).named("demonstrations", "surroundings").numbered(
      shared)
    var shading = stream.named("shading")
    let isSoft = maySoften && shading.chance(0.5)
    var lamp = stream.named("lamp")
    let isTinted = request.variedLamps > 0 && lamp.chance(request.variedLamps)
    return try surroundings.surroundings(
      shared, of: setup?.name, in: request, isSoft: isSoft, isTinted: isTinted
    ) {
      let shift = request.cameraShift
      var made =
        try setup.map { try visionScene.surroundings(stream, of: $0, cameraShift: shift) }
        ?? visionScene.surroundings(stream, cameraShift: shift)
      if isTinted, let color = VisionScene.lamp(besides: lamps, source: &lamp) {
        made = try made.tinted(color)
      }
      return isSoft ? try made.softened() : made
    }
  }

  private func painted(
    _ objects: [SceneObject], _ request: DemonstrationRequest, saying instructions: [String],
    _ stream: RandomStream
  ) throws -> [SceneObject] {
    var source = stream.named("paint")
    return try paints.painted(
      objects, share: request.variedPaints, instructions: instructions, source: &source)
  }

  // MARK: - Robot

  /// A scene of the training distribution; a draw that does not fit on the table is drawn again.
  func scene(_ stream: RandomStream) throws -> EpisodeScene {
    var trouble: SceneDrawError?
    for attempt in 0..<20 {
      let stream = stream.named("scene").numbered(attempt)
      var source = stream.named("task")
      do {
        return try environment.builder.scene(
          of: environment.training.task(source: &source), factors: [], strengths: .none,
          stream: stream)
      } catch let error as SceneDrawError {
        trouble = error
      }
    }
    throw trouble ?? .crowded(task: "training")
  }

  private func decisions(
    in episode: DemonstratedEpisode, view: View, request: DemonstrationRequest,
    stream: RandomStream
  ) -> [Decision] {
    let training = environment.training
    let scene = episode.scene
    var source = stream.named("decisions")
    let others = training.goals(in: episode.world, scene: scene).filter { $0 != scene.goal }
    let goals =
      [scene.goal]
      + training.choose(max(0, request.decisionsPerFrame - 1), from: others, source: &source)
    return goals.prefix(request.decisionsPerFrame).map { goal in
      let expert = Expert(scene: scene)
      let choice = expert.choice(in: episode.world, for: goal)
      let instruction = training.instruction(for: goal, in: scene, source: &source)
      return Decision(
        instruction: instruction.sentence,
        action: scene.setup.action(choice.command),
        nextActions: expert.actions(
          request.chunkLength, from: episode.world, for: goal, first: choice),
        goalPoint: view.imagePoint(of: choice.subgoal),
        thingPoint: view.imagePoint(ofThingOf: goal),
        gripperPoint: view.imagePoint(of: view.fingertips),
        hand: expert.handState(in: episode.world, for: goal, choice: choice),
        mentions: instruction.names.map {
          Mention(phrase: $0.phrase, point: view.imagePoint(ofObject: $0.body))
        })
    }
  }

  private func questionWriter(for content: DemonstrationRequest.Content) -> QuestionWriter {
    let catalog = environment.catalog
    let training = environment.training
    let known =
      switch content {
      case .vision: kinds
      case .robot where tasks.isEmpty: training.objects.compactMap { catalog.objects[$0] }
      case .robot: environment.things(of: tasks)
      }
    return QuestionWriter(known: known, usesUnseenWords: content == .vision)
  }
}

extension Expert {
  /// What the expert does from here on, undisturbed; the first action is given.
  func actions(_ count: Int, from world: World, for goal: Goal, first: Choice) -> [Action] {
    var actions = [scene.setup.action(first.command)]
    guard count > 1 else { return actions }
    var world = world.advanced(applying: first.command)
    while actions.count < count {
      let command = choice(in: world, for: goal).command
      actions.append(scene.setup.action(command))
      world.advance(applying: command)
    }
    return actions
  }
}
