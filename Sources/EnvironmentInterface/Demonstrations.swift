import Geometry

/// A thing that a text names, and where it is in the image, as fractions of width and height.
public struct Mention: Hashable, Sendable {
  /// The words as they stand in the text.
  public var phrase: String
  public var point: Vector2

  public init(phrase: String, point: Vector2) {
    self.phrase = phrase
    self.point = point
  }
}

/// What the expert does in a state under one instruction, and where it is looking.
public struct Decision: Sendable {
  public var instruction: String
  public var action: Action
  /// The actions from here on, the first included, for policies that predict chunks.
  public var nextActions: [Action]
  /// Where the present subgoal (what to grasp, or where to put it) is in the image, as fractions of width and height.
  public var goalPoint: Vector2
  /// Where the thing is that the subgoal is about, as fractions of width and height: what to grasp, or what the held thing
  /// goes on, in or near. nil where the source does not say.
  public var thingPoint: Vector2?
  /// Where the point between the fingertips is in the image, as fractions of width and height.
  public var gripperPoint: Vector2
  /// How the hand stands to the subgoal; nil where the source does not say.
  public var hand: HandState?
  /// What the instruction names, in the order of the words.
  public var mentions: [Mention]

  public init(
    instruction: String, action: Action, nextActions: [Action], goalPoint: Vector2,
    thingPoint: Vector2? = nil, gripperPoint: Vector2, hand: HandState? = nil,
    mentions: [Mention] = []
  ) {
    self.instruction = instruction
    self.action = action
    self.nextActions = nextActions
    self.goalPoint = goalPoint
    self.thingPoint = thingPoint
    self.gripperPoint = gripperPoint
    self.hand = hand
    self.mentions = mentions
  }
}

/// A question about an image and its answer; `point` is an answer that is a place in the image.
public struct Question: Sendable {
  public var question: String
  public var answer: String
  /// Fractions of the image's width and height.
  public var point: Vector2?
  /// What the question names that is in the image.
  public var mentions: [Mention]

  public init(
    question: String, answer: String, point: Vector2? = nil, mentions: [Mention] = []
  ) {
    self.question = question
    self.answer = answer
    self.point = point
    self.mentions = mentions
  }
}

/// One cell of the grid that an image is cut into, as the renderer knows it.
public struct PatchLabel: Hashable, Sendable {
  /// Class of the thing that fills most of the cell: 0 nothing to act on, else 1 + an object's number.
  public var kind: Int
  /// Color class of that thing, 0 for none.
  public var color: Int
  /// From the cell's centre to the thing's centre, as fractions of the image's width and height.
  public var offset: Vector2
  /// Which way that thing lies; nil where it is all the same.
  public var lie: LieDirection?
  /// The hand, where the point between its fingertips is in the cell.
  public var gripper: GripperLabel?

  public init(
    kind: Int, color: Int, offset: Vector2, lie: LieDirection? = nil, gripper: GripperLabel?
  ) {
    self.kind = kind
    self.color = color
    self.offset = offset
    self.lie = lie
    self.gripper = gripper
  }
}

/// The hand in a cell of the image.
public struct GripperLabel: Hashable, Sendable {
  /// From the cell's centre to the point between the fingertips, as fractions of the image's width and height.
  public var offset: Vector2
  /// The direction in which the fingers close, as the angle of a line on the table, world frame [rad].
  public var closing: Double
  /// The fingertips above the table [m].
  public var height: Double
  /// Between the fingers, as a fraction of the widest.
  public var opening: Double

  public init(offset: Vector2, closing: Double, height: Double, opening: Double) {
    self.offset = offset
    self.closing = closing
    self.height = height
    self.opening = opening
  }
}

/// An image with everything that can be learned from it.
public struct DemonstrationFrame: Sendable {
  public var content: DemonstrationRequest.Content
  /// Whose actions these are: the name under which a policy keeps their statistics.
  public var dataset: String
  /// What the gripper's number in an action means.
  public var gripper: GripperLayout
  public var image: Image
  public var proprioception: Proprioception
  /// What was seen and felt one control step before, with what is done to `image` done to its image; itself at the first step.
  /// nil where it was not asked for.
  public var earlier: EarlierObservation?
  /// The demonstrated decision first, then decisions under other instructions that fit the same state.
  public var decisions: [Decision]
  public var questions: [Question]
  /// Row-major from the top left; empty where none were asked for.
  public var patches: [PatchLabel]

  public init(
    content: DemonstrationRequest.Content = .robot, dataset: String = Self.trainingDataset,
    gripper: GripperLayout = .openIsOne, image: Image, proprioception: Proprioception,
    earlier: EarlierObservation? = nil, decisions: [Decision], questions: [Question],
    patches: [PatchLabel]
  ) {
    self.content = content
    self.dataset = dataset
    self.gripper = gripper
    self.image = image
    self.proprioception = proprioception
    self.earlier = earlier
    self.decisions = decisions
    self.questions = questions
    self.patches = patches
  }

  /// The dataset of the training distribution.
  public static let trainingDataset = "tabletop"
}

/// What to draw for a training stage.
public struct DemonstrationRequest: Hashable, Sendable {
  public enum Content: String, Hashable, Sendable, Codable {
    /// The training distribution of the robot, acted by the expert with noise.
    case robot
    /// Any object and arena, posed at random, hand anywhere: what stands for web-scale images.
    case vision
  }

  /// What is done to an image before it is learned from.
  public enum Augmentation: Hashable, Sendable {
    case none
    /// OpenVLA's, of its own strength: `ImageAugmentation`.
    case random
    /// The same with the whole image shifted in place of the crop: `ImageAugmentation.shifted`.
    case shifted
    /// The crop that policies see which were trained with random ones.
    case centered
  }

  public var content: Content
  public var seed: UInt64
  /// At most this many decisions a frame, of different instructions.
  public var decisionsPerFrame: Int
  public var questionsPerFrame: Int
  /// Cells along each side of the grid of patch labels; 0 asks for none.
  public var patchGrid: Int
  /// How many actions `nextActions` holds.
  public var chunkLength: Int
  /// How far the hand is turned out of its way at times, at most [rad]; 0 leaves turning to the expert.
  public var turnNoise: Double
  /// How much likelier moments are chosen at which the expert turns by over 5 degrees.
  public var turnShare: Double
  /// How likely at each step the empty hand is forced shut for a while, likelier right above what it is to grasp: what a
  /// policy does wrong, so that setting it right is in the demonstrations.
  public var mishaps: Double
  /// This share of demonstrations takes the thing to lie a little beside where it does, at first: the hand shuts there, and goes
  /// on for a while as though it held the thing.
  public var misjudgements: Double
  /// This share of robot frames shows states that the source was given as visited.
  public var visitedShare: Double
  /// What is done to frames' images; points and labels are those of the image as it is shown.
  public var augmentation: Augmentation
  /// This share of robot frames has the surroundings of vision frames: other arenas, paints, lamps, a camera a little off.
  public var variedLooks: Double
  /// How many demonstrations the robot frames are moments of, all tasks together; nil is one for each frame.
  public var demonstrations: Int?
  /// Whether the expert acts in a demonstration's scene anew for each frame, under other noise; else once a demonstration.
  public var drawsNoiseAnew: Bool
  /// Whether frames hold what was seen and felt one control step before.
  public var seesEarlier: Bool
  /// This share of things, in frames of both contents, has paint that it does not usually have; those whose names say a
  /// color keep it.
  public var variedPaints: Double
  /// This share of surroundings that are not the robot's own has a lamp of a strong color.
  public var variedLamps: Double
  /// How far the camera of surroundings that are not the robot's own stands from its place, and its aim too, at most, along
  /// each axis [m].
  public var cameraShift: Double

  /// How far that is where nothing else is said.
  public static let usualCameraShift = 0.04

  public init(
    content: Content, seed: UInt64, decisionsPerFrame: Int, questionsPerFrame: Int, patchGrid: Int,
    chunkLength: Int, turnNoise: Double = 0, turnShare: Double = 1, mishaps: Double = 0,
    misjudgements: Double = 0, demonstrations: Int? = nil, drawsNoiseAnew: Bool = false,
    seesEarlier: Bool = false,
    variedLooks: Double = 0, variedPaints: Double = 0,
    variedLamps: Double = 0, cameraShift: Double = usualCameraShift,
    visitedShare: Double = 0, augmentation: Augmentation = .none
  ) {
    self.content = content
    self.seed = seed
    self.decisionsPerFrame = decisionsPerFrame
    self.questionsPerFrame = questionsPerFrame
    self.patchGrid = patchGrid
    self.chunkLength = chunkLength
    self.turnNoise = turnNoise
    self.turnShare = turnShare
    self.mishaps = mishaps
    self.misjudgements = misjudgements
    self.demonstrations = demonstrations
    self.drawsNoiseAnew = drawsNoiseAnew
    self.seesEarlier = seesEarlier
    self.variedLooks = variedLooks
    self.variedPaints = variedPaints
    self.variedLamps = variedLamps
    self.cameraShift = cameraShift
    self.visitedShare = visitedShare
    self.augmentation = augmentation
  }
}

/// A recipe for demonstrations, drawn on demand: frame n is a pure function of (request, n).
public protocol DemonstrationSource: Sendable {
  /// How many classes `PatchLabel.kind` and `PatchLabel.color` have, 0 included.
  var patchClasses: (kinds: Int, colors: Int) { get }

  /// What each kind of `PatchLabel` is called, 0 ("nothing") included: what ties pictures to words.
  var kindPhrases: [String] { get }

  /// Every instruction and question form that frames may use, for the tokenizer's training text.
  var corpus: [String] { get }

  /// How many visited states it was given.
  var visitedCount: Int { get }

  /// Whether any demonstration grasps a thing where it lies, which `DemonstrationRequest.misjudgements` are about.
  var graspsThings: Bool { get }

  func frames(_ numbers: Range<Int>, of request: DemonstrationRequest) throws
    -> [DemonstrationFrame]
}

extension DemonstrationSource {
  public var visitedCount: Int { 0 }

  public var graspsThings: Bool { true }
}
