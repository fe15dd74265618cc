import EnvironmentInterface
import Geometry
import Policies
import Testing

@testable import Training

/// Names in a text are found where they end, in the order in which they are said.
@Suite struct MentionTests {
  static let phrases = ["pink cup", "pink plate", "pot"]

  func makeEncoder(_ grounding: Grounding = .point) throws -> (
    encoder: SequenceEncoder, vocabulary: Vocabulary
  ) {
    let sentences = Self.phrases.flatMap { phrase in
      ["lift the \(phrase)", "put the \(phrase) on the pink plate"].map {
        PromptTemplate.openVLA.prompt(forInstruction: $0).replacingOccurrences(of: "\n", with: " ")
      }
    }
    let tokenizer = try SentencePieceTokenizer.trained(
      on: sentences, size: 600,
      symbols: LocationTokenizer.pieces(binCount: 8) + ["?\nOut:"])
    let vocabulary = try Vocabulary(
      text: tokenizer, actions: ActionTokenizer(vocabularyEnd: tokenizer.count + 256),
      template: .openVLA, grounding: grounding,
      locationBins: 8, source: "test")
    let statistics = ActionStatistics(
      of: [-1, 1].map { Array(repeating: $0, count: Action.count) },
      mask: Array(repeating: true, count: Action.count))
    return (
      SequenceEncoder(
        vocabulary: vocabulary,
        statistics: [DemonstrationFrame.trainingDataset: statistics], gripperWeight: 1,
        locationWeight: 1),
      vocabulary
    )
  }

  func segment(_ instruction: String, _ mentions: [Mention]) throws -> (Segment, Vocabulary) {
    var (encoder, vocabulary) = try makeEncoder()
    let action = Action(translation: .zero, gripper: 1)
    var noise: ActionNoise?
    let segment = try encoder.segment(
      for: Decision(
        instruction: instruction, action: action, nextActions: [action], goalPoint: .zero,
        gripperPoint: .zero, mentions: mentions), noise: &noise)
    return (segment, vocabulary)
  }

  @Test func aBareSpotIsFoundByTheThingBesideIt() throws {
    let (vocabulary, action) = (
      try makeEncoder(.pose).vocabulary, Action(translation: .zero, gripper: 1)
    )
    let (goal, thing, gripper) = (Vector2(0.2, 0.3), Vector2(0.4, 0.3), Vector2(0.7, 0.8))
    let decision = Decision(
      instruction: "lift the pot", action: action, nextActions: [action], goalPoint: goal,
      thingPoint: thing, gripperPoint: gripper,
      hand: HandState(turn: 0, height: 0.1, distance: 0, fingers: .open))
    let statistics = ActionStatistics(
      of: [-1, 1].map { Array(repeating: $0, count: Action.count) },
      mask: Array(repeating: true, count: Action.count))
    for (gazeAt, looked) in [(GazeTarget.places, goal), (.things, thing)] {
      var encoder = SequenceEncoder(
        vocabulary: vocabulary, statistics: [DemonstrationFrame.trainingDataset: statistics],
        gripperWeight: 1, locationWeight: 1, gazeAt: gazeAt)
      var noise: ActionNoise?
      let segment = try encoder.segment(for: decision, noise: &noise)
      #expect(
        segment.places.map(\.point) == [looked, looked, gripper, gripper, looked, gripper, gripper])
      // What is said is the place all the same.
      let locations = try #require(vocabulary.locations)
      let answer = segment.labels.filter { $0 >= 0 }
      #expect(Array(answer[0..<2]) == locations.tokens(for: goal))
    }
  }

  /// The action alone, whose own tokens look at what they are seen at.
  @Test func withoutGroundingTheActionLooks() throws {
    var (encoder, vocabulary) = try makeEncoder(.none)
    let action = Action(translation: .zero, gripper: 1)
    let (goal, gripper) = (Vector2(0.2, 0.3), Vector2(0.7, 0.8))
    var noise: ActionNoise?
    let segment = try encoder.segment(
      for: Decision(
        instruction: "lift the pot", action: action, nextActions: [action], goalPoint: goal,
        gripperPoint: gripper), noise: &noise)
    let answer = segment.labels.filter { $0 >= 0 }
    #expect(answer.count == Action.count + 1)
    #expect(answer.dropLast().allSatisfy(vocabulary.actions.tokenRange.contains))
    #expect(
      segment.places.map(\.point) == [goal, goal, gripper, goal, goal, goal, gripper])
    #expect(segment.places.map { segment.labels[$0.column] } == Array(answer[0..<7]))
  }

  /// Places, then turn, height and fingers, then the action; each looks at what it is seen at.
  @Test func aPoseIsSaidBetweenPlacesAndAction() throws {
    var (encoder, vocabulary) = try makeEncoder(.pose)
    let action = Action(translation: .zero, gripper: 1)
    let hand = HandState(turn: 0.3, height: 0.1, distance: 0, fingers: .shut)
    let (goal, gripper) = (Vector2(0.2, 0.3), Vector2(0.7, 0.8))
    var decision = Decision(
      instruction: "lift the pot", action: action, nextActions: [action], goalPoint: goal,
      gripperPoint: gripper, hand: hand)
    var noise: ActionNoise?
    let segment = try encoder.segment(for: decision, noise: &noise)
    let answer = segment.labels.filter { $0 >= 0 }
    let locations = try #require(vocabulary.locations)
    #expect(answer.count == 4 + 3 + Action.count + 1)
    #expect(Array(answer[4..<7]) == locations.tokens(for: hand.fractions))
    let said = try #require(
      locations.fractions(of: Array(answer[4..<7])).flatMap { HandState(fractions: $0) })
    #expect(said.fingers == .shut && abs(said.turn - hand.turn) < .pi / 16)
    #expect(
      segment.places.map(\.point) == [goal, goal, gripper, gripper, goal, gripper, gripper])
    // The token before each is the one that looks.
    #expect(segment.places.map { segment.labels[$0.column] } == Array(answer[0..<7]))
    decision.hand = nil
    #expect(throws: RecipeError.self) { try encoder.segment(for: decision, noise: &noise) }
  }

  @Test func namesEndWhereTheirLastTokenStands() throws {
    let (cup, plate) = (Vector2(0.2, 0.3), Vector2(0.7, 0.8))
    let (segment, vocabulary) = try segment(
      "put the pink cup on the pink plate",
      [Mention(phrase: "pink cup", point: cup), Mention(phrase: "pink plate", point: plate)])
    #expect(segment.mentions.map(\.point) == [cup, plate])
    for (place, phrase) in zip(segment.mentions, ["pink cup", "pink plate"]) {
      let name = try vocabulary.text.encode(phrase)
      #expect(
        Array(segment.tokens[place.column + 1 - name.count...place.column]) == name, "\(phrase)")
    }
  }

  @Test func aNameThatIsNotSaidIsPassedOver() throws {
    let (segment, _) = try segment(
      "lift the pot", [Mention(phrase: "pink cup", point: .zero)])
    #expect(segment.mentions.isEmpty)
  }
}
