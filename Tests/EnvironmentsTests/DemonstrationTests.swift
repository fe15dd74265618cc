import EnvironmentInterface
import Foundation
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

  /// What is next for a goal is where its object is, or its target once the hand holds the object.
  @Test func whatASubgoalIsAboutIsAThing() throws {
    let demonstrations = try demonstrations()
    var (reaching, carrying) = (0, 0)
    for number in 0..<60 {
      let moment = try demonstrations.moment(number, of: request(.robot))
      for decision in moment.decisions {
        guard let point = decision.thingPoint else {
          #expect(moment.view.held != nil)
          continue
        }
        let index = try #require(
          moment.view.objects.indices.first { moment.view.imagePoint(ofObject: $0) == point })
        let said = moment.view.objects[index].model.words
        #expect(
          ([said.phrase] + said.variants).contains(where: decision.instruction.contains),
          "\(decision.instruction): \(said.phrase)")
        if moment.view.held == nil {
          reaching += 1
          #expect((point - decision.goalPoint).length < 0.1)
        } else if index != moment.view.held {
          carrying += 1
        }
      }
    }
    #expect(reaching > 20 && carrying > 20)
  }

  /// Few demonstrations give many frames, which are moments of theirs.
  @Test(arguments: [[], [SuiteTask(suite: "bridge", task: "lift-eggplant")]])
  func demonstrationsCanBeCounted(_ tasks: [SuiteTask]) throws {
    let demonstrations = try TabletopDemonstrations(
      environment: try SharedTabletop.environment(), tasks: tasks)
    func scenes(_ count: Int?) throws -> (things: Set<[String]>, pictures: Int) {
      var request = request(.robot)
      request.demonstrations = count
      let views = try (0..<24).map { try demonstrations.moment($0, of: request).view }
      return (
        Set(
          views.map { view in
            // What lies as it lay tells scenes apart; what the robot has moved does not.
            view.objects.enumerated().map { index, object in
              "\(object.model.name)\(index == 0 ? "" : "\(view.worldFromObject[index])")"
            }
          }),
        Set(views.map { "\($0.worldFromGripper)" }).count
      )
    }
    let few = try scenes(2)
    #expect(few.things.count <= 2 && few.pictures > 12)
    if tasks.isEmpty { #expect(try scenes(nil).things.count > 12) }
  }

  @Test func tasksOfAnySuiteAreDemonstratedInTheirSetUps() throws {
    let tasks = [
      SuiteTask(suite: "bridge", task: "lift-eggplant"),
      .init(suite: "google-robot", task: "open-middle-drawer"),
      .init(suite: "franka-tabletop", task: "pour-corn-into-pot"),
      .init(suite: "franka-tabletop", task: "cover-object-with-towel"),
      .init(suite: "franka-droid", task: "wipe-table"),
    ]
    let request = request(.robot, chunkLength: 4)
    let environment = try SharedTabletop.environment()
    let demonstrations = try TabletopDemonstrations(environment: environment, tasks: tasks)
    let frames = try demonstrations.frames(0..<20, of: request)
    let alone = try demonstrations.frames(7..<8, of: request)[0]
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
    #expect(throws: SceneDrawError.self) {
      try TabletopDemonstrations(
        environment: environment, tasks: [SuiteTask(suite: "bridge", task: "fly")])
    }
  }

  /// Each task's actions are of its set-up's dataset, its things have classes and names of their own, and its words are known.
  @Test func tasksOfSeveralSetUpsHaveTheirOwnDatasetsLabelsAndWords() throws {
    let environment = try SharedTabletop.environment()
    let demonstrations = try TabletopDemonstrations(
      environment: environment,
      tasks: [
        SuiteTask(suite: "bridge", task: "put-eggplant-into-pot-easy"),
        SuiteTask(suite: "in-distribution", task: "stack"),
        SuiteTask(suite: "google-robot", task: "open-middle-drawer"),
      ])
    let plain = TabletopDemonstrations(environment: environment)
    #expect(Array(demonstrations.kindPhrases.prefix(plain.kindPhrases.count)) == plain.kindPhrases)
    #expect(demonstrations.patchClasses.kinds == demonstrations.kindPhrases.count)
    let frames = try demonstrations.frames(0..<24, of: request(.robot))
    let datasets = ["bridge-sink", "widowx-kitchen", "google-robot-counter"]
    var seen: [Set<String>] = [[], [], []]
    for (number, frame) in frames.enumerated() {
      #expect(frame.dataset == datasets[number % 3])
      let opening = frame.gripper.opening(of: frame.decisions[0].action.gripper)
      #expect(opening == 0 || opening == 1)
      #expect((frame.gripper.semantics == .relativeSticky) == (number % 3 == 2))
      for patch in frame.patches { seen[number % 3].insert(demonstrations.kindPhrases[patch.kind]) }
    }
    #expect(seen[0].isSuperset(of: ["eggplant", "pot"]))
    #expect(seen[1].contains { $0.hasSuffix("cup") })
    #expect(seen[2].contains("drawer"))
    let texts = Set(demonstrations.corpus.joined(separator: " ").split { " ,?".contains($0) })
    let said = frames.flatMap { frame in
      frame.decisions.map(\.instruction) + frame.questions.flatMap { [$0.question, $0.answer] }
    }
    #expect(demonstrations.corpus.contains("put eggplant into pot"))
    #expect(texts.isSuperset(of: said.flatMap { $0.split { " ,?".contains($0) } }))
    // Pictures show the tasks' things, and no drawer lies on the table.
    let pictured = try demonstrations.frames(0..<80, of: request(.vision)).flatMap(\.patches)
    let names = Set(pictured.map { demonstrations.kinds.map(\.name)[max(0, $0.kind - 1)] })
    #expect(names.contains("paper-pot") && !names.contains("drawer"))
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

  /// Across the direction in which the hand closes, things are wider in the picture than along it.
  @Test func thingsLieAcrossTheDirectionInWhichTheHandClosesOnThem() throws {
    let demonstrations = try demonstrations()
    let views = try (0..<40).map { try demonstrations.moment($0, of: request(.vision)).view }
    let pool = try demonstrations.environment.renderers.pool()
    var (right, all) = (0, 0)
    for (view, labels) in zip(views, try pool.renderLabels(views.map(\.frame))) {
      for (index, object) in view.objects.enumerated() {
        let pose = view.worldFromObject[index]
        let closings = object.model.closing(at: pose).angles
        guard let lie = LieDirection(closingAngles: closings), lie.symmetry == .twofold,
          index != view.held
        else { continue }
        let center = pose * object.model.body.centerOfMass
        /// How many points of a line through the middle show the thing.
        func extent(along angle: Double) -> Int {
          stride(from: -0.08, through: 0.08, by: 0.001).count { distance in
            let point = view.imagePoint(
              of: center + Vector3(cos(angle) * distance, sin(angle) * distance, 0))
            let row = min(labels.height - 1, Int(point.y * Double(labels.height)))
            let column = min(labels.width - 1, Int(point.x * Double(labels.width)))
            return labels[row, column] == UInt16(index + 1)
          }
        }
        let along = extent(along: lie.angle)
        guard along > 0 else { continue }
        all += 1
        right += extent(along: lie.angle + .pi / 2) > along ? 1 : 0
      }
    }
    #expect(all > 40 && Double(right) > 0.8 * Double(all), "\(right) of \(all)")
  }

  @Test func mishapsAreInTheDemonstrationsAndAreSetRight() throws {
    let demonstrations = try demonstrations()
    func hands(_ request: DemonstrationRequest) throws -> [Decision] {
      try demonstrations.frames(0..<150, of: request).map { $0.decisions[0] }
    }
    var troubled = request(.robot)
    troubled.mishaps = 0.05
    let shut = try hands(troubled).filter { $0.hand?.fingers == .shut }
    #expect(shut.count >= 8, "\(shut.count)")
    for decision in shut { #expect(decision.action.gripper > 0) }
    #expect(try hands(request(.robot)).count { $0.hand?.fingers == .shut } < shut.count / 2)
  }

  @Test func whoIsWrongAboutAThingCarriesNothingAndIsSetRight() throws {
    let demonstrations = try demonstrations()
    func risenEmptyHands(_ request: DemonstrationRequest) throws -> [Decision] {
      try demonstrations.frames(0..<150, of: request).map { $0.decisions[0] }.filter {
        guard let hand = $0.hand else { return false }
        return hand.fingers == .shut && hand.height > 0.03
      }
    }
    var wrong = request(.robot)
    wrong.misjudgements = 1
    let hands = try risenEmptyHands(wrong)
    #expect(hands.count >= 8, "\(hands.count)")
    for decision in hands { #expect(decision.action.gripper > 0) }
    #expect(hands.contains { ($0.hand?.distance ?? 0) > 0.05 })
    #expect(try risenEmptyHands(request(.robot)).count < hands.count / 4)
  }

  @Test func drawersAreNotGraspedWhereTheyLie() throws {
    func grasps(_ suite: String, _ task: String) throws -> Bool {
      try TabletopDemonstrations(
        environment: SharedTabletop.environment(), tasks: [SuiteTask(suite: suite, task: task)]
      ).graspsThings
    }
    #expect(try grasps("bridge", "lift-eggplant"))
    #expect(try !grasps("google-robot", "open-middle-drawer"))
    #expect(try demonstrations().graspsThings)
  }

  @Test func turnsAreAsLikelyAsIsAskedFor() throws {
    let demonstrations = try demonstrations()
    func turns(_ request: DemonstrationRequest) throws -> Int {
      try demonstrations.frames(0..<150, of: request).flatMap(\.decisions).count {
        abs($0.hand?.turn ?? 0) > 0.0873
      }
    }
    var turning = request(.robot)
    turning.turnNoise = 0.8
    let usual = try turns(turning)
    turning.turnShare = 4
    let often = try turns(turning)
    #expect(often > usual + 20, "\(often) against \(usual)")
  }

  @Test func variedLooksChangeThePictureAndNothingElse() throws {
    let demonstrations = try demonstrations()
    var varied = request(.robot)
    varied.variedLooks = 1
    let plain = try demonstrations.frames(0..<4, of: request(.robot))
    for (frame, usual) in zip(try demonstrations.frames(0..<4, of: varied), plain) {
      #expect(frame.image != usual.image)
      #expect(frame.decisions.map(\.action) == usual.decisions.map(\.action))
      #expect(frame.decisions.map(\.hand) == usual.decisions.map(\.hand))
    }
  }

  @Test func patchLabelsPointAtOneSpotPerThing() throws {
    let demonstrations = try demonstrations()
    let grid = 14
    for frame in try demonstrations.frames(0..<20, of: request(.robot)) {
      #expect(frame.patches.count == grid * grid)
      #expect(frame.patches.count { $0.gripper != nil } <= 1)
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
