/// What every episode of an exported dataset has in common.
public struct DatasetDescription: Hashable, Sendable, Codable {
  /// A camera as the dataset names it; images are `[height, width, 3]`, 8-bit RGB.
  public struct Camera: Hashable, Sendable, Codable {
    public var name: String
    public var height: Int
    public var width: Int

    public init(name: String, height: Int, width: Int) {
      self.name = name
      self.height = height
      self.width = width
    }
  }

  /// Lower-case letters, digits and underscores: what TensorFlow Datasets and LeRobot accept.
  public var name: String
  public var robot: String
  /// Control steps a second.
  public var rate: Double
  public var cameras: [Camera]
  /// What each number of a frame's state is, such as `x` or `gripper`.
  public var stateNames: [String]
  /// What each number of a frame's action is.
  public var actionNames: [String]
  /// Which numbers of an action are normalised by their quantiles; the gripper's is not (OpenVLA's `mask`).
  public var normalizedActions: [Bool]

  public init(
    name: String, robot: String, rate: Double, cameras: [Camera], stateNames: [String],
    actionNames: [String], normalizedActions: [Bool]
  ) {
    self.name = name
    self.robot = robot
    self.rate = rate
    self.cameras = cameras
    self.stateNames = stateNames
    self.actionNames = actionNames
    self.normalizedActions = normalizedActions
  }
}

/// One control step: what was seen and felt, and what was done then.
public struct DatasetFrame: Hashable, Sendable {
  /// PNG files, one for each of the description's cameras, in their order.
  public var images: [[UInt8]]
  public var state: [Double]
  public var action: [Double]

  public init(images: [[UInt8]], state: [Double], action: [Double]) {
    self.images = images
    self.state = state
    self.action = action
  }
}

/// An episode of a dataset: what was asked, and frame after frame what happened.
public struct DatasetEpisode: Hashable, Sendable {
  /// The episode's id in Trestle, which makes it again.
  public var id: String
  public var instruction: String
  public var isSuccess: Bool
  public var frames: [DatasetFrame]

  public init(id: String, instruction: String, isSuccess: Bool, frames: [DatasetFrame]) {
    self.id = id
    self.instruction = instruction
    self.isSuccess = isSuccess
    self.frames = frames
  }
}
