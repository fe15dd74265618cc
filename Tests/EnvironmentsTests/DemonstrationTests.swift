import EnvironmentInterface
import Geometry
import Testing

@testable import Environments

/// Demonstration frames are pure functions of request and number, and say what is true.
struct DemonstrationTests {
  private func request(
    _ content: DemonstrationRequest.Content, seed: UInt64 = 1, chunkLength: Int = 1
  ) -> DemonstrationRequest {
    DemonstrationRequest(
      content: content, seed: seed, decisionsPerFrame: 4, questionsPerFrame: 3, patchGrid: 14,
      chunkLength: chunkLength)
  }

  private func demonstrations() throws -> TabletopDemonstrations {
    TabletopDemonstrations(environment: try SharedTabletop.environment())
  }

  @Test(arguments: [DemonstrationRequest.Content.robot, .vision])
  func aFrameDependsOnItsNumberAlone(_ content: DemonstrationRequest.Content) throws {
    let together = try demonstrations().frames(8..<12, of: request(content))
    let alone = try demonstrations().frames(10..<11, of: request(content))[0]
    #expect(together[2].image == alone.image)
    #expect(together[2].patches == alone.patches)
    #expect(together[2].questions.map(\.question) == alone.questions.map(\.question))
    #expect(together[2].decisions.map(\.action) == alone.decisions.map(\.action))
    let other = try demonstrations().frames(10..<11, of: request(content, seed: 2))[0]
    #expect(other.image != alone.image)
  }

  @Test func tasksOfAnySuiteAreDemonstratedInTheirSetUps() throws {
    let tasks = [
      DemonstrationRequest.Task(suite: "bridge", task: "lift-eggplant"),
      .init(suite: "google-robot", task: "open-middle-drawer"),
      .init(suite: "franka-tabletop", task: "pour-corn-into-pot"),
      .init(suite: "franka-tabletop", task: "cover-object-with-towel"),
      .init(suite: "franka-droid", task: "wipe-table"),
    ]
    var request = request(.robot, chunkLength: 4)
    request.tasks = tasks
    let frames = try demonstrations().frames(0..<20, of: request)
    let alone = try demonstrations().frames(7..<8, of: request)[0]
    #expect(frames[7].image == alone.image)
    #expect(frames[7].decisions.map(\.action) == alone.decisions.map(\.action))
    for (number, frame) in frames.enumerated() {
      let said = frame.decisions.map(\.instruction)
      #expect(said.count == 1)
      switch number % tasks.count {
      case 0: #expect(said == ["lift eggplant"])
      case 1: #expect(said == ["open middle drawer"])
      case 2: #expect(said == ["pour corn into pot"])
      case 3: #expect(said[0].hasPrefix("cover ") && said[0].hasSuffix(" with towel"))
      default: #expect(said == ["wipe table"])
      }
      #expect(frame.decisions[0].nextActions.count == 4)
      #expect(frame.decisions[0].action.values.allSatisfy { $0.isFinite })
      #expect(frame.patches.count == 14 * 14)
    }
    #expect(Set(frames.map { $0.decisions[0].instruction }).count >= 6)
    request.tasks = [.init(suite: "bridge", task: "fly")]
    #expect(throws: SceneDrawError.self) { try demonstrations().frames(0..<1, of: request) }
  }

  @Test func robotFramesHoldDifferentInstructionsWithActions() throws {
    let environment = try SharedTabletop.environment()
    let unseen = environment.catalog.objects.values.flatMap(\.words.unseen)
    var several = 0
    for frame in try demonstrations().frames(0..<40, of: request(.robot)) {
      #expect((1...4).contains(frame.decisions.count))
      several += frame.decisions.count > 1 ? 1 : 0
      let instructions = frame.decisions.map(\.instruction)
      #expect(Set(instructions).count == instructions.count)
      for decision in frame.decisions {
        #expect(decision.instruction == decision.instruction.lowercased())
        let padded = " \(decision.instruction) "
        #expect(!unseen.contains { padded.contains(" \($0) ") }, "\(padded)")
        #expect(decision.nextActions == [decision.action])
        #expect(decision.action.values.allSatisfy { $0.isFinite })
        #expect((0...1).contains(decision.goalPoint.x) && (0...1).contains(decision.goalPoint.y))
      }
    }
    #expect(several >= 30)
  }

  @Test func chunksGoOnFromTheFirstAction() throws {
    let frames = try demonstrations().frames(0..<6, of: request(.robot, chunkLength: 8))
    for decision in frames.flatMap(\.decisions) {
      #expect(decision.nextActions.count == 8)
      #expect(decision.nextActions.first == decision.action)
    }
  }

  @Test func visionFramesHaveNoActionsAndShowUnseenObjects() throws {
    let environment = try SharedTabletop.environment()
    let kinds = environment.training.pictured.objects
    var seen: Set<String> = []
    for frame in try demonstrations().frames(0..<60, of: request(.vision)) {
      #expect(frame.decisions.isEmpty)
      #expect(!frame.questions.isEmpty)
      for patch in frame.patches where patch.kind > 0 { seen.insert(kinds[patch.kind - 1]) }
    }
    #expect(seen.isSuperset(of: ["skull", "tape", "grapes", "eggplant", "blue-cup"]))
  }

  @Test func turnedHandsAreTurnedBack() throws {
    let demonstrations = try demonstrations()
    var turned = request(.robot)
    turned.turnNoise = 0.8
    /// Decisions to turn back once the fingers are low: the expert alone has turned long before.
    func lateTurns(_ request: DemonstrationRequest) throws -> Int {
      try demonstrations.frames(0..<150, of: request).count { frame in
        let hand = frame.proprioception.baseFromGripper.translation
        return hand.z < 0.1 && abs(frame.decisions[0].action.rotation.z) > 0.05
      }
    }
    let (without, with) = (try lateTurns(request(.robot)), try lateTurns(turned))
    #expect(with >= without + 5, "\(with) against \(without)")
  }

  @Test func patchLabelsPointAtOneSpotPerThing() throws {
    let demonstrations = try demonstrations()
    let grid = 14
    for frame in try demonstrations.frames(0..<20, of: request(.robot)) {
      #expect(frame.patches.count == grid * grid)
      #expect(frame.patches.count { $0.gripperOffset != nil } <= 1)
      var spots: [Int: Vector2] = [:]
      for (cell, patch) in frame.patches.enumerated() where patch.kind > 0 {
        #expect(patch.kind < demonstrations.patchClasses.kinds)
        #expect(patch.color < demonstrations.patchClasses.colors)
        let center = Vector2(Double(cell % grid) + 0.5, Double(cell / grid) + 0.5) / Double(grid)
        let spot = center + patch.offset
        if let known = spots[patch.kind] { #expect((known - spot).length < 1e-9) }
        spots[patch.kind] = spot
      }
    }
  }

  @Test func theCorpusHoldsEveryWordOfTheFrames() throws {
    let demonstrations = try demonstrations()
    func words(_ sentences: [String]) -> Set<Substring> {
      Set(sentences.flatMap { $0.split { " ,?".contains($0) } })
    }
    let known = words(demonstrations.corpus)
    let frames =
      try demonstrations.frames(0..<60, of: request(.robot))
      + demonstrations.frames(0..<60, of: request(.vision))
    let used = words(
      frames.flatMap { frame in
        frame.decisions.map(\.instruction)
          + frame.questions.flatMap { [$0.question, $0.answer] }
      })
    #expect(used.isSubset(of: known))
  }
}
