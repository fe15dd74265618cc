import EnvironmentInterface
import Geometry
import Testing

@testable import Environments

/// States that somebody visited are demonstrated: what the expert does there, and the picture of there.
struct VisitedStatesTests {
  /// Two episodes in which a hand wanders about, and every state in which it did something.
  private func wandered() throws -> (visits: [VisitedStates.Visit], states: [TabletopState]) {
    let environment = try SharedTabletop.environment()
    var visits: [VisitedStates.Visit] = []
    var states: [TabletopState] = []
    for (index, steps) in [3, 4].enumerated() {
      let episode = try environment.episode(
        suite: "in-distribution", task: "lift", index: index, seed: 5, strength: 1)
      var state = try environment.start(episode)
      let actions = (0..<steps).map { step in
        Action(translation: Vector3(0.02, step % 2 == 0 ? 0.01 : -0.02, -0.01), gripper: 1)
      }
      for action in actions {
        states.append(state)
        environment.step(&state, applying: action)
      }
      visits.append(.init(episode: episode, actions: actions))
    }
    return (visits, states)
  }

  @Test func everyStateIsMadeAgain() throws {
    let environment = try SharedTabletop.environment()
    let (visits, states) = try wandered()
    let visited = VisitedStates(visits)
    #expect(visited.count == 7 && VisitedStates([]).count == 0)
    for (number, state) in states.enumerated() {
      let (again, before) = try visited.state(number, in: environment)
      #expect(environment.stateHash(of: again) == environment.stateHash(of: state))
      // An episode's first state has none before it.
      #expect((before == nil) == (again.world.step == 0))
      if let before {
        #expect(environment.stateHash(of: before) == environment.stateHash(of: states[number - 1]))
      }
    }
  }

  @Test func framesShowThemAndSayWhatTheExpertDoesThere() throws {
    let environment = try SharedTabletop.environment()
    let (visits, states) = try wandered()
    let source = TabletopDemonstrations(
      environment: environment, visited: VisitedStates(visits))
    #expect(source.visitedCount == 7)
    func request(_ share: Double) -> DemonstrationRequest {
      DemonstrationRequest(
        content: .robot, seed: 2, decisionsPerFrame: 2, questionsPerFrame: 1, patchGrid: 8,
        chunkLength: 1, visitedShare: share)
    }
    let images = try environment.observations(of: states, needs: [.image]).map(\.primaryImage)
    var seen: Set<Int> = []
    for frame in try source.frames(0..<24, of: request(1)) {
      let number = try #require(images.firstIndex(of: frame.image))
      seen.insert(number)
      #expect(frame.decisions[0].action == environment.expertAction(in: states[number]))
      #expect(frame.patches.count == 64)
    }
    #expect(seen.count > 4)
    // A frame is a function of its number, and the share says how many are visited.
    let some = try source.frames(0..<40, of: request(0.5))
    #expect(try source.frames(17..<18, of: request(0.5))[0].image == some[17].image)
    let visitedFrames = some.count { images.contains($0.image) }
    #expect((8...32).contains(visitedFrames))
    let none = try source.frames(0..<8, of: request(0))
    let plain = try TabletopDemonstrations(environment: environment).frames(0..<8, of: request(1))
    #expect(none.map(\.image) == plain.map(\.image))
    #expect(!none.contains { images.contains($0.image) })
  }

  @Test func whatIsOutOfDistributionIsNotLearnedFrom() throws {
    let environment = try SharedTabletop.environment()
    func reason(_ suite: String, _ task: String, twin: Bool = false) throws -> String? {
      var episode = try environment.episode(
        suite: suite, task: task, index: 0, seed: 5, strength: 1)
      if twin { episode = try #require(try environment.cleanTwin(of: episode)) }
      return environment.reasonAgainstLearning(from: episode)
    }
    #expect(try reason("in-distribution", "lift") == nil)
    #expect(try reason("language-grounding", "lift-cheese") == nil)
    #expect(try reason("semantic", "lift-white-tape")?.contains("tape") == true)
    #expect(try reason("semantic", "lift-white-tape", twin: true) == nil)
    #expect(try reason("bridge", "lift-eggplant")?.contains("plays in") == true)
    var unknown = try environment.episode(
      suite: "in-distribution", task: "lift", index: 0, seed: 5, strength: 1)
    unknown.task = "fly"
    #expect(environment.reasonAgainstLearning(from: unknown) == "there is no such task")
  }
}
