import EnvironmentInterface
import Geometry
import Policies

/// One piece of text after the image: what is heard, then what is to be said.
public struct Segment: Hashable, Sendable {
  public var tokens: [Int]
  /// For each position the token that should come next, −1 where nothing is learned.
  public var labels: [Int]
  /// How much each label counts.
  public var weights: [Float]
  /// Tokens that are about to say something that is seen at a place, such as where it is, and that place.
  public var places: [Place] = []
  /// Tokens that end the name of something in the image, and where that is.
  public var mentions: [Place] = []

  /// The token at `column` has to do with a place in the image.
  public struct Place: Hashable, Sendable {
    public var column: Int
    public var point: Vector2

    /// The patch that holds the point, row-major from the top left, where so many are along each side of the image.
    func patch(ofGrid grid: Int) -> Int {
      let cell = [point.x, point.y].map {
        min(grid - 1, max(0, Int(($0 * Double(grid)).rounded(.down))))
      }
      return cell[1] * grid + cell[0]
    }
  }
}

/// Turns decisions and questions into segments for a vision-language-action model.
public struct SequenceEncoder {
  private let vocabulary: Vocabulary
  private let statistics: [String: ActionStatistics]
  private let gripperWeight: Float
  private let locationWeight: Float
  private let gazeAt: GazeTarget
  /// Prompts repeat by the thousand: each is tokenized once.
  private var prompts: [String: [Int]] = [:]

  /// - Parameter statistics: By the names of the datasets whose actions are told.
  public init(
    vocabulary: Vocabulary, statistics: [String: ActionStatistics], gripperWeight: Double,
    locationWeight: Double, gazeAt: GazeTarget = .places
  ) {
    self.vocabulary = vocabulary
    self.statistics = statistics
    self.gripperWeight = Float(gripperWeight)
    self.locationWeight = Float(locationWeight)
    self.gazeAt = gazeAt
  }

  /// Instruction, then (where grounded) the places of subgoal and gripper, then seven action tokens and the end.
  ///
  /// - Parameters:
  ///   - dataset: Whose statistics scale the action.
  ///   - noise: Blurs the action tokens that are read back, not those that are learned.
  public mutating func segment(
    for decision: Decision, of dataset: String = DemonstrationFrame.trainingDataset,
    noise: inout ActionNoise?
  ) throws -> Segment {
    let vocabulary = self.vocabulary
    let prompt = try cached("i " + decision.instruction) {
      try vocabulary.promptTokens(forInstruction: decision.instruction)
    }
    var answer: [Int] = []
    var weights: [Float] = []
    if vocabulary.grounding != .none, let locations = vocabulary.locations {
      answer += locations.tokens(for: decision.goalPoint)
      answer += locations.tokens(for: decision.gripperPoint)
      if vocabulary.grounding == .pose {
        guard let hand = decision.hand else {
          throw RecipeError(
            path: "demonstrations", reason: "they do not say how the hand stands, which `pose` says"
          )
        }
        answer += locations.tokens(for: hand.fractions)
      }
      weights += Array(repeating: locationWeight, count: answer.count)
    }
    guard let scales = statistics[dataset] else {
      throw RecipeError(path: "demonstrations", reason: "there are no statistics of '\(dataset)'")
    }
    let action = scales.normalized(decision.action.values)
    answer += action.map(vocabulary.actions.token(for:))
    weights += Array(repeating: 1, count: action.count - 1) + [gripperWeight]
    // Which way a thing lies is seen at the thing; how high the hand is and what its fingers are, at the hand. Without places
    // in the answer it is the action's own tokens that look, where the model knows places at all.
    let thing = gazeAt == .things ? decision.thingPoint : nil
    let (goal, gripper) = (thing ?? decision.goalPoint, decision.gripperPoint)
    let looks: [Vector2] =
      switch vocabulary.grounding {
      case .none where vocabulary.locations == nil: []
      case .none: [goal, goal, gripper, goal, goal, goal, gripper]
      case .point: [goal, goal, gripper, gripper]
      case .pose: [goal, goal, gripper, gripper, goal, gripper, gripper]
      }
    var segment = Self.segment(
      prompt: prompt, answer: answer, weights: weights, looks: looks,
      mentions: vocabulary.instructions == .read
        ? try columns(of: decision.mentions, in: prompt) : [])
    for column in segment.tokens.indices.suffix(action.count) {
      if let blurred = noise?.blurred(segment.tokens[column]) { segment.tokens[column] = blurred }
    }
    return segment
  }

  /// Question, then the answer's place or words.
  public mutating func segment(for question: Question) throws -> Segment {
    let vocabulary = self.vocabulary
    let prompt = try cached("q " + question.question) {
      try vocabulary.promptTokens(forQuestion: question.question)
    }
    if let point = question.point, let locations = vocabulary.locations {
      return Self.segment(
        prompt: prompt + [vocabulary.spaceToken], answer: locations.tokens(for: point),
        weights: [locationWeight, locationWeight], looks: [point, point],
        mentions: try columns(of: question.mentions, in: prompt))
    }
    let answer = try cached("a " + question.answer) {
      try vocabulary.text.encode(question.answer)
    }
    return Self.segment(
      prompt: prompt, answer: answer, weights: Array(repeating: 1, count: answer.count),
      mentions: try columns(of: question.mentions, in: prompt))
  }

  /// Where each named thing's last token stands; a name that the prompt cuts into other pieces is passed over.
  private mutating func columns(of mentions: [Mention], in prompt: [Int]) throws
    -> [Segment.Place]
  {
    var start = 0
    var places: [Segment.Place] = []
    for mention in mentions {
      let text = vocabulary.text
      let name = try cached("n " + mention.phrase) { try text.encode(mention.phrase) }
      guard !name.isEmpty,
        let found = (start..<max(start, prompt.count - name.count + 1)).first(where: {
          prompt[$0..<$0 + name.count].elementsEqual(name)
        })
      else { continue }
      start = found + name.count
      places.append(Segment.Place(column: start - 1, point: mention.point))
    }
    return places
  }

  private mutating func cached(_ key: String, _ make: () throws -> [Int]) rethrows -> [Int] {
    if let known = prompts[key] { return known }
    let made = try make()
    prompts[key] = made
    return made
  }

  private static func segment(
    prompt: [Int], answer: [Int], weights: [Float], looks: [Vector2] = [],
    mentions: [Segment.Place] = []
  ) -> Segment {
    let tokens = prompt + answer
    // The last prompt position predicts the first answer token; the last answer token predicts the end.
    let labels =
      Array(repeating: -1, count: prompt.count - 1) + answer + [Vocabulary.endToken]
    let places = looks.enumerated().map { number, point in
      Segment.Place(column: prompt.count - 1 + number, point: point)
    }
    return Segment(
      tokens: tokens, labels: labels,
      weights: Array(repeating: 0, count: prompt.count - 1) + weights + [0.1], places: places,
      mentions: mentions)
  }
}
