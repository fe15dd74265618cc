import ImageFiles
import InputFiles

/// What `preprocessor_config.json` says of images, in the published `PrismaticImageProcessor`'s keys.
///
/// The processor computes its `tvf_…` values from the other keys and then lets the file's own override them, so they come
/// first here too.
struct PreprocessorFile: Decodable {
  var strategy: ImageProcessor.Strategy?
  /// Channels, height, width for each encoder.
  var inputSizes: [[Int]]?
  /// By timm's names, one for each encoder.
  var interpolations: [String]?
  var means: [[Double]]?
  var deviations: [[Float]]?
  /// The constants that are used where they are stored: those of `openvla-7b` went through bfloat16.
  var stored: [ImageProcessor.Normalization]?
  var resizing: [Resizing]?
  var cropping: [Cropping]?
  var hasLetterbox: Bool?
  var letterboxFill: [Int]?

  enum CodingKeys: String, CodingKey {
    case strategy = "image_resize_strategy"
    case inputSizes = "input_sizes"
    case interpolations, means
    case deviations = "stds"
    case stored = "tvf_normalize_params"
    case resizing = "tvf_resize_params"
    case cropping = "tvf_crop_params"
    case hasLetterbox = "tvf_do_letterbox"
    case letterboxFill = "tvf_letterbox_fill"
  }

  /// One length for the shorter side, or a height and a width.
  struct Size: Decodable {
    var lengths: [Int]

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let length = try? value.decode(Int.self) {
        lengths = [length]
      } else {
        lengths = try value.decode([Int].self)
      }
    }
  }

  struct Resizing: Decodable {
    var size: Size
    /// Pillow's number of a filter.
    var interpolation: Int?
  }

  struct Cropping: Decodable {
    var size: Size
    enum CodingKeys: String, CodingKey { case size = "output_size" }
  }

  static let knownKeys = KnownKeys(
    obeyed: [
      "image_resize_strategy", "input_sizes", "interpolations", "means", "stds",
      "tvf_do_letterbox", "tvf_letterbox_fill",
    ],
    // The number of encoders is the model's; the other two name Python classes.
    inert: ["use_fused_vision_backbone", "auto_map", "processor_class"],
    [
      "image_processor_type": .only([.string("PrismaticImageProcessor")]),
      "tvf_normalize_params": .objects(KnownKeys(obeyed: ["mean", "std"], inert: ["inplace"])),
      "tvf_resize_params": .objects(
        // Pillow always filters as `antialias` asks.
        KnownKeys(obeyed: ["size", "interpolation"], inert: ["antialias"])),
      "tvf_crop_params": .objects(KnownKeys(obeyed: ["output_size"])),
    ])
}
