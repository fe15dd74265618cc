import EnvironmentInterface
import Foundation
import Networks
import Policies
import Torch

/// A training recipe: everything that a policy's weights follow from, as a YAML file under `Recipes/`.
///
/// Every key is required but those of another kind of policy, and no other is taken: a misspelt one can't silently keep a default,
/// nor can one that the policy does not obey pretend to count.
public struct Recipe: Hashable, Sendable, Codable {
  /// Which network is trained.
  public enum PolicyKind: String, Hashable, Sendable, Codable, CaseIterable {
    case openVLA = "openvla"
    case diffusionPolicy = "diffusion-policy"
  }

  public var policy: PolicyKind
  public var seed: UInt64
  /// How linear layers multiply while they train.
  public var precision: ProductPrecision
  /// The checkpoint's folder, absolute or relative to the package's root.
  public var output: String
  /// A checkpoint that the training starts from, absolute or relative to the package's root; nil is from scratch.
  ///
  /// A diffusion policy takes all of another diffusion policy, and of an OpenVLA the vision encoders alone.
  public var initialWeights: String?
  /// A file of states that a policy visited, absolute or relative to the package's root, which stages may draw frames from;
  /// nil for none. `bench export --format visited` makes one.
  public var visited: String?
  /// Whether the policy reads its instructions; nil where it does. Without words it is a control: every prompt, in training
  /// and in acting, is the one of an empty instruction. Questions stay, since no decision sees them.
  public var instructions: InstructionUse?
  /// nil where `adaptation` keeps the initial weights' own sizes.
  public var model: ModelRecipe?
  /// nil where the initial weights' own tokenizer is kept: with `adaptation`, and where their embeddings of pieces are taken over.
  public var tokenizer: TokenizerRecipe?
  public var optimizer: OptimizerRecipe
  /// What robot images show, each task of a suite as often, in its own set-up; nil is the training distribution.
  public var tasks: [SuiteTask]?
  /// How many demonstrations there are, all tasks together; nil draws one for each robot image.
  public var demonstrations: Int?
  /// Whether the expert acts in a demonstration's scene anew, under other noise, each time a moment of it is drawn; nil is
  /// once, and what it did is all that there is.
  public var noiseAnew: Bool?
  public var stages: [Stage]
  /// Which of the initial weights are changed (OpenVLA only): those of any OpenVLA checkpoint, whose sizes, tokenizer and
  /// image constants are kept. nil trains a network of the recipe's own sizes as a whole.
  public var adaptation: AdaptationStrategy?
  /// The adapter's size where `adaptation` is `lora`.
  public var lora: LoRASize?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case policy, seed, precision, output
    case initialWeights = "initial_weights"
    case model, tokenizer, optimizer, tasks, demonstrations
    case noiseAnew = "noise_anew"
    case stages, adaptation, lora, instructions, visited
  }
}

/// The network's sizes.
public struct ModelRecipe: Hashable, Sendable, Codable {
  /// Height and width of the images [pixels].
  public var imageSize: Int
  /// The edge of a patch [pixels].
  public var patchSize: Int
  public var visionWidth: Int
  public var visionDepth: Int
  public var visionHeads: Int
  /// Channels of two early convolutions of the first of the two encoders; nil for none.
  public var stem: [Int]?
  public var width: Int
  public var depth: Int
  public var heads: Int
  public var feedForwardWidth: Int
  public var grounding: Grounding
  /// Tokens for places along each side of the image; above 0 with `grounding: none`, places are asked for in questions and
  /// of patches, and not said before an action.
  public var locationBins: Int
  /// Whether tokens that stand for numbers begin as neighbours (language model only); nil draws each by itself. See
  /// `SmoothNumbers`.
  public var smoothNumbers: Bool?
  /// How far the targets of action tokens are spread over their neighbours, as a standard deviation [bins] (language model
  /// only); nil is cross-entropy against the one right token, as published.
  public var actionSpread: Double?
  /// How each token of an action is read (language model only); nil is the mean or the median of its bins, `likeliest` as
  /// published.
  public var actionChoices: TokenChoice?
  /// How actions are decoded (language model only); nil is token by token, as OpenVLA is published.
  public var decoding: ActionDecoding?
  /// Actions predicted at once (policies of chunks only).
  public var chunkLength: Int?
  /// Actions executed of a chunk (policies of chunks only).
  public var executedLength: Int?
  /// Frames that are seen: 2 for this control step's and the one before (diffusion policy only); nil is this one alone.
  public var history: Int?
  /// Whether the hand's state is read too, in each frame that is seen (diffusion policy only); nil is not.
  public var proprioception: Bool?
  /// What of the demonstrations' actions becomes −1 and 1 (diffusion policy only); nil is `bounds_q99`, as OpenVLA has it.
  public var actionNormalization: ActionNormalization?
  /// Whether the policy says how far the hand has to turn before it denoises, beside the places that it points at (diffusion
  /// policy only); nil does not.
  public var tellsTurn: Bool?
  /// Whether the denoiser is told the way from the hand to the subgoal, by a layer that sees both places and the hand's state
  /// (diffusion policy only); nil is not.
  public var tellsWay: Bool?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case imageSize = "image_size"
    case patchSize = "patch_size"
    case visionWidth = "vision_width"
    case visionDepth = "vision_depth"
    case visionHeads = "vision_heads"
    case stem, width, depth, heads
    case feedForwardWidth = "feed_forward_width"
    case grounding
    case locationBins = "location_bins"
    case smoothNumbers = "smooth_numbers"
    case actionSpread = "action_spread"
    case actionChoices = "action_choices"
    case decoding
    case chunkLength = "chunk_length"
    case executedLength = "executed_length"
    case history, proprioception
    case actionNormalization = "action_normalization"
    case tellsTurn = "tells_turn"
    case tellsWay = "tells_way"
  }
}

/// How a language model says actions.
public enum ActionDecoding: String, Hashable, Sendable, Codable, CaseIterable {
  /// Token by token, each after those before it.
  case autoregressive
  /// A chunk of actions in one pass, as numbers: OpenVLA-OFT (Kim, Finn and Liang, 2025). See `ParallelDecoder`.
  case parallel
}

/// How the tokenizer is trained.
public struct TokenizerRecipe: Hashable, Sendable, Codable {
  /// At most this many pieces.
  public var size: Int
  /// Pieces that are never cut, `▁` for a space: the fixed words of the prompt, so that they cost one token.
  public var symbols: [String]
}

/// AdamW's constants.
public struct OptimizerRecipe: Hashable, Sendable, Codable {
  public var beta1: Double
  public var beta2: Double
  public var weightDecay: Double
  public var clipNorm: Double

  enum CodingKeys: String, CodingKey, CaseIterable {
    case beta1, beta2
    case weightDecay = "weight_decay"
    case clipNorm = "clip_norm"
  }
}

/// Whose augmentation a stage has.
public enum StageAugmentation: String, Hashable, Sendable, Codable, CaseIterable {
  /// `ImageAugmentation`.
  case openVLA = "openvla"
  /// The same with the whole image shifted in place of the crop: `ImageAugmentation.shifted`.
  case shifts
}

/// What a decoder looks at before it says where it is going.
public enum GazeTarget: String, Hashable, Sendable, Codable, CaseIterable {
  /// The place that it says: a bare spot of the table, where a thing is to be put beside another.
  case places
  /// The thing that the place is about: what to grasp, or what the held thing goes on, in or near.
  case things
}

/// A stretch of training on one mixture.
public struct Stage: Hashable, Sendable, Codable {
  public var name: String
  public var steps: Int
  /// Images of the robot's demonstrations in a batch.
  public var robotImages: Int
  /// Images that stand for web-scale data in a batch.
  public var visionImages: Int
  /// Instructions with actions per robot image.
  public var decisionsPerImage: Int
  /// Questions per robot image.
  public var questionsPerRobotImage: Int
  /// Questions per vision image.
  public var questionsPerVisionImage: Int
  /// The peak of the learning rate.
  public var learningRate: Double
  public var warmupSteps: Int
  /// The step at which the learning rate's cosine ends, where the stage ends before it; nil is the stage's end.
  public var scheduleSteps: Int?
  /// The learning rate falls along a cosine to this share of its peak.
  public var finalLearningRateFraction: Double
  /// Weight of the dense patch labels beside the tokens' cross-entropy; 0 leaves them out.
  public var patchWeight: Double
  /// Weight of naming patches by their words' embeddings (language model only); 0 leaves it out.
  public var wordWeight: Double
  /// Weight of where a patch is in the image, read off the projected patch (grounded language model only); 0 leaves it
  /// out.
  public var placeWeight: Double
  /// Weight of how far the hand has to turn before it fits what a patch shows, read off the patch (a language model with location
  /// bins, or a diffusion policy); 0 leaves it out.
  public var turnWeight: Double
  /// Weight of where the decoder looks before it says a location, and of where a diffusion policy looks for the places that its
  /// denoiser is told; 0 leaves it out.
  public var gazeWeight: Double
  /// What the decoder looks at before it says a place; nil is the place itself.
  public var gazeAt: GazeTarget?
  /// How far the targets of action tokens are spread in this stage [bins]; nil is as the model has it.
  public var actionSpread: Double?
  /// Weight of the gripper's token, or number, beside the others'.
  public var gripperWeight: Double
  /// Weight of location tokens beside the others'.
  public var locationWeight: Double

  /// How far action tokens that are read back are off, as a standard deviation [bins] (language model only); 0 reads the
  /// expert's own. See `ActionNoise`.
  public var actionNoise: Double

  /// How far off the places are that a denoiser is told while it learns, as a standard deviation [image widths] (diffusion
  /// policy only); nil is 0.01.
  public var placeNoise: Double?

  /// How far demonstrations turn the hand out of its way at times, at most [rad].
  public var turnNoise: Double
  /// How much likelier moments are at which the expert turns by over 5 degrees.
  public var turnShare: Double
  /// How likely at each step of a demonstration the empty hand is forced shut for a while.
  public var mishaps: Double
  /// The share of demonstrations in which the expert is wrong at first about where the thing lies, and about holding it; nil for
  /// none.
  public var misjudgements: Double?
  /// The share of robot images with other arenas, paints, lamps and a camera a little off.
  public var variedLooks: Double
  /// The share of things in paint that they do not usually have, where their names say no color; nil for none.
  public var variedPaints: Double?
  /// The share of varied looks, and of vision images' surroundings, with a lamp of a strong color; nil for none.
  public var variedLamps: Double?
  /// How far the camera of varied looks, and of vision images, stands from its place, and its aim too, at most, along each
  /// axis [m]; nil is 0.04.
  public var cameraShift: Double?
  /// The share of robot images that show visited states; nil for none.
  public var visitedShare: Double?
  /// What is done to images at random, in labels too; nil for nothing. Where the last stage with robot images does it, the
  /// policy sees the middle of the image when it acts, as published.
  public var augmentation: StageAugmentation?
  /// What must be learned by the end of the stage; nil asks for nothing.
  public var gates: [StageGate]?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case name, steps
    case scheduleSteps = "schedule_steps"
    case robotImages = "robot_images"
    case visionImages = "vision_images"
    case decisionsPerImage = "decisions_per_image"
    case questionsPerRobotImage = "questions_per_robot_image"
    case questionsPerVisionImage = "questions_per_vision_image"
    case learningRate = "learning_rate"
    case warmupSteps = "warmup_steps"
    case finalLearningRateFraction = "final_learning_rate_fraction"
    case patchWeight = "patch_weight"
    case wordWeight = "word_weight"
    case placeWeight = "place_weight"
    case turnWeight = "turn_weight"
    case gazeWeight = "gaze_weight"
    case gazeAt = "gaze_at"
    case actionSpread = "action_spread"
    case gripperWeight = "gripper_weight"
    case locationWeight = "location_weight"
    case actionNoise = "action_noise"
    case placeNoise = "place_noise"
    case turnNoise = "turn_noise"
    case turnShare = "turn_share"
    case mishaps, misjudgements
    case variedLooks = "varied_looks"
    case variedPaints = "varied_paints"
    case variedLamps = "varied_lamps"
    case cameraShift = "camera_shift"
    case augmentation
    case visitedShare = "visited_share"
    case gates
  }
}

extension Recipe {
  /// Whether the policy sees the middle of the image alone: it was last trained on random crops of that size.
  var cropsCenter: Bool { stages.last { $0.robotImages > 0 }?.augmentation == .openVLA }

  /// Whether the policy sees the frame of one control step before, too.
  var seesEarlier: Bool { (model?.history ?? 1) > 1 }

  /// Whether prompts hold the instruction.
  var instructionUse: InstructionUse { instructions ?? .read }

  /// Whether the policy is a language model that decodes chunks of actions in parallel.
  var decodesInParallel: Bool { policy == .openVLA && model?.decoding == .parallel }

  /// How many steps all stages make.
  public var totalSteps: Int { stages.reduce(0) { $0 + $1.steps } }

  /// The folder or file that a recipe's path means: one under the root, unless it is absolute.
  public static func folder(_ path: String, under root: URL) -> URL {
    path.hasPrefix("/") ? URL(fileURLWithPath: path) : root.appendingPathComponent(path)
  }
}

/// A recipe that can't be followed where it is: its file is sound (`YAMLError` says what is wrong with one).
public struct RecipeError: Error, CustomStringConvertible {
  public var path: String
  public var reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "\(path): \(reason)" }
}
