import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Rendering
import Simulation

/// Demonstrations of the training distribution and pictures for vision and language, drawn on demand.
///
/// Frame n of a request is a pure function of the request and n: it makes the n-th random episode, lets the expert act
/// in it under noise, keeps one moment, draws it once, and says what the expert does there under the demonstrated
/// instruction and under others. Nothing is stored, and no two frames share an episode.
public struct TabletopDemonstrations: DemonstrationSource {
  let environment: TabletopEnvironment
  private let surroundings = SurroundingsCache()

  /// - Parameter environment: whose scenes, training distribution and renderers are used.
  public init(environment: TabletopEnvironment) { self.environment = environment }

  /// Reads `Scenes/` and `Benchmarks/` in a root folder.
  public init(root: String) throws { try self.init(environment: TabletopEnvironment(root: root)) }

  public var patchClasses: (kinds: Int, colors: Int) {
    (environment.training.pictured.objects.count + 1, ObjectWords.colorNames.count + 1)
  }

  public var kindPhrases: [String] {
    ["nothing"]
      + environment.training.pictured.objects.map {
        environment.catalog.objects[$0]?.words.phrase ?? $0
      }
  }

  public func frames(
    _ numbers: Range<Int>, of request: DemonstrationRequest
  ) throws -> [DemonstrationFrame] {
    let moments = try concurrentMap(Array(numbers)) { try moment($0, of: request) }
    let pool = try environment.renderers.pool()
    let frames = moments.map(\.view.frame)
    let images = try pool.render(frames)
    let needsLabels = request.patchGrid > 0 || request.questionsPerFrame > 0
    let labels = needsLabels ? try pool.renderLabels(frames) : []
    let writer = questionWriter(for: request.content)
    return moments.indices.map { index in
      let moment = moments[index]
      var source = stream(numbers.lowerBound + index, of: request).named("questions")
      return DemonstrationFrame(
        content: request.content, image: Image(images[index]),
        proprioception: moment.view.proprioception,
        decisions: moment.decisions,
        questions: needsLabels
          ? writer.questions(
            request.questionsPerFrame, about: moment.view, labels: labels[index],
            source: &source) : [],
        patches: request.patchGrid > 0
          ? moment.view.patchLabels(grid: request.patchGrid, labels: labels[index]) : [])
    }
  }

  /// A picture to be taken, and what is done there.
  struct Moment: Sendable {
    var view: View
    var decisions: [Decision]
  }

  private func stream(_ number: Int, of request: DemonstrationRequest) -> RandomStream {
    RandomStream(seed: request.seed).named("demonstrations", request.content.rawValue)
      .numbered(number)
  }

  func moment(_ number: Int, of request: DemonstrationRequest) throws -> Moment {
    let stream = stream(number, of: request)
    switch request.content {
    case .vision:
      let surroundings = try variedSurroundings(ofFrame: number, seed: request.seed)
      return Moment(
        view: try visionScene.view(stream, surroundings: surroundings), decisions: [])
    case .robot where !request.tasks.isEmpty:
      return try taskMoment(number, of: request, stream: stream)
    case .robot:
      let episode = try DemonstratedEpisode(scene: scene(stream), stream: stream, request: request)
      var view = View(of: episode.world, in: episode.scene)
      var looks = stream.named("looks")
      if request.variedLooks > 0, looks.chance(request.variedLooks) {
        view.frame.staticScene = try variedSurroundings(
          ofFrame: number, seed: request.seed, maySoften: true
        ).staticScene
      }
      return Moment(
        view: view, decisions: decisions(in: episode, view: view, request: request, stream: stream))
    }
  }

  private var visionScene: VisionScene {
    VisionScene(catalog: environment.catalog, training: environment.training)
  }

  /// Surroundings of any looks, shared by some frames.
  ///
  /// - Parameter maySoften: Half of them are shaded softly, so that what is learned does not rest on hard shadows.
  private func variedSurroundings(
    ofFrame number: Int, seed: UInt64, maySoften: Bool = false
  ) throws -> VisionScene.Surroundings {
    let shared = VisionScene.surroundings(ofFrame: number)
    let stream = RandomStream(seed: seed).named("demonstrations", "surroundings").numbered(shared)
    var shading = stream.named("shading")
    let isSoft = maySoften && shading.chance(0.5)
    return try surroundings.surroundings(shared, seed: seed, isSoft: isSoft) {
      let made = try visionScene.surroundings(stream)
      return isSoft ? try made.softened() : made
    }
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
    let names = content == .robot ? training.objects : training.pictured.objects
    return QuestionWriter(
      known: names.compactMap { catalog.objects[$0] }, usesUnseenWords: content == .vision)
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
