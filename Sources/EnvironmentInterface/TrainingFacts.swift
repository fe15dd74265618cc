/// What a policy's weights were trained on, as the training itself wrote it down: what a table says of a row.
///
/// The content of a checkpoint's `training.json`. Nothing that acts depends on it.
public struct TrainingFacts: Hashable, Sendable, Codable {
  /// 16 hexadecimal digits over the recipe but for its seed and its checkpoint's place: trainings that share them differ
  /// in chance alone. Nil where nothing says it.
  public var recipe: String?
  /// Nil where nothing says it.
  public var seed: UInt64?
  /// Images, each counted as often as it was drawn.
  public var images: Int
  /// Those of the robot's demonstrations among them; nil where nothing says it.
  public var robotImages: Int?
  /// How long the steps took [s].
  public var seconds: Double
  /// The same of the weights that the training began with, and of those that they began with; 0 for none.
  public var earlierImages: Int
  public var earlierSeconds: Double
  /// What it ran on where that was no CPU, such as "cuda:0": the same recipe and seed give other weights there.
  public var device: String?

  public init(
    recipe: String? = nil, seed: UInt64? = nil, images: Int, robotImages: Int? = nil,
    seconds: Double, earlierImages: Int = 0, earlierSeconds: Double = 0,
    device: String? = nil
  ) {
    self.recipe = recipe
    self.seed = seed
    self.images = images
    self.robotImages = robotImages
    self.seconds = seconds
    self.earlierImages = earlierImages
    self.earlierSeconds = earlierSeconds
    self.device = device
  }

  enum CodingKeys: String, CodingKey {
    case recipe, seed, images, seconds, device
    case robotImages = "robot_images"
    case earlierImages = "earlier_images"
    case earlierSeconds = "earlier_seconds"
  }

  /// What no training can have; nil for facts that are sound.
  public var flaw: (key: String, reason: String)? {
    let most = 1 << 50
    for (key, count) in [
      ("images", images), ("robot_images", robotImages ?? 0), ("earlier_images", earlierImages),
    ] where !(0...most).contains(count) {
      return (key, "\(count) is not from 0 to \(most)")
    }
    if let robotImages, robotImages > images {
      return ("robot_images", "\(robotImages) are more than all images, \(images)")
    }
    for (key, time) in [("seconds", seconds), ("earlier_seconds", earlierSeconds)]
    where !(0...1e12).contains(time) {
      return (key, "\(time) is not from 0 to 1e12 seconds")
    }
    if let device,
      !(1...32).contains(device.utf8.count)
        || !device.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    {
      return ("device", "it is not a name of 1 to 32 printable characters, such as cuda:0")
    }
    return nil
  }
}

/// What is known of a policy beside how it acts.
public struct PolicyFacts: Hashable, Sendable, Codable {
  /// Numbers among its weights; nil for a policy without weights at hand.
  public var parameters: Int?
  /// Nil where nothing says how it was trained.
  public var training: TrainingFacts?

  public init(parameters: Int? = nil, training: TrainingFacts? = nil) {
    self.parameters = parameters
    self.training = training
  }
}
