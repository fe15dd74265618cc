import Foundation
import Networks

/// What a policy reads in `config.json` beside the network's sizes.
///
/// Keys of our own stand under `policy`; a published checkpoint has none and gets the published behaviour.
struct PolicyConfiguration: Decodable {
  /// `openvla` or `diffusion-policy`.
  var modelType: String
  /// Edges of the bins of an action's numbers; 256 where the file does not say.
  var actionBins: Int?
  var padToMultipleOf: Int?
  /// What images are fitted by where no preprocessor file says it.
  var resizeStrategy: ImageProcessor.Strategy?
  /// Which language model was the base, by Prismatic's name: it decides the prompt.
  var languageModel: String?
  var own: Own?

  /// Keys of Trestle's own.
  struct Own: Codable {
    var grounding: Grounding?
    var locationBins: Int?
    var prompt: PromptTemplate?
    /// Read where it is missing.
    var instructions: InstructionUse?
    /// Whether it was trained on random crops and so sees the middle of each image; not where it is missing.
    var cropsCenter: Bool?
    /// How each of the action's tokens is chosen; the likeliest where it is missing, as published.
    var actionChoices: [TokenChoice]?
    /// Actions executed of each predicted chunk.
    var executedLength: Int?
    /// What scales the actions; the percentiles where it is missing.
    var actionNormalization: ActionNormalization?
    /// How a checkpoint trained for it decodes a chunk at once; a published one has no such key.
    var parallelDecoding: ParallelDecoding?

    enum CodingKeys: String, CodingKey {
      case grounding, prompt, instructions
      case cropsCenter = "center_crop"
      case actionChoices = "action_choices"
      case locationBins = "location_bins"
      case executedLength = "executed_length"
      case actionNormalization = "action_normalization"
      case parallelDecoding = "parallel_decoding"
    }

    /// What no file of an OpenVLA-OFT checkpoint says and its training script was told.
    struct ParallelDecoding: Codable {
      /// Images of an observation, the third-person one first.
      var imageCount: Int?
      var chunkLength: Int?

      enum CodingKeys: String, CodingKey {
        case imageCount = "images"
        case chunkLength = "chunk_length"
      }
    }
  }

  enum CodingKeys: String, CodingKey {
    case modelType = "model_type"
    case actionBins = "n_action_bins"
    case padToMultipleOf = "pad_to_multiple_of"
    case resizeStrategy = "image_resize_strategy"
    case languageModel = "llm_backbone_id"
    case own = "policy"
  }
}
