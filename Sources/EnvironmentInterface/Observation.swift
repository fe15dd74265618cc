import Geometry

/// What the robot feels of itself.
public struct Proprioception: Hashable, Sendable, Codable {
  /// The gripper's pose in the robot's base frame.
  public var baseFromGripper: RigidTransform
  /// The distance between the fingers [m].
  public var gripperWidth: Double
  /// The arm's joint angles, from the base outward [rad].
  public var jointAngles: [Double]

  public init(baseFromGripper: RigidTransform, gripperWidth: Double, jointAngles: [Double]) {
    self.baseFromGripper = baseFromGripper
    self.gripperWidth = gripperWidth
    self.jointAngles = jointAngles
  }
}

/// The names of cameras that several parts of the program speak of; set-ups choose their own beside them.
public enum CameraName {
  /// The camera that every set-up has, and that policies of one image look through.
  public static let primary = "primary"
}

/// The parts of an observation that a policy declares to read; it is given nothing else.
///
/// ```swift
/// let needs: ObservationNeeds = [.image, .camera("wrist"), .instruction]
/// ```
public struct ObservationNeeds: Hashable, Sendable, ExpressibleByArrayLiteral {
  public enum Part: Hashable, Sendable {
    /// The image of a camera.
    case camera(String)
    case instruction
    case proprioception
    /// Of the images and the proprioception that are read, those of one control step before too.
    case earlier

    /// The image of the primary camera.
    public static let image = Part.camera(CameraName.primary)
  }

  /// Names of the cameras whose images are read, in the policy's order.
  public private(set) var cameras: [String] = []
  public private(set) var instruction = false
  public private(set) var proprioception = false
  public private(set) var earlier = false

  public init(_ parts: [Part]) {
    for part in parts {
      switch part {
      case .camera(let name): if !cameras.contains(name) { cameras.append(name) }
      case .instruction: instruction = true
      case .proprioception: proprioception = true
      case .earlier: earlier = true
      }
    }
  }

  public init(arrayLiteral parts: Part...) { self.init(parts) }
}

/// What a policy may see at one control step. Parts that it did not declare are nil or absent.
public struct Observation: Hashable, Sendable {
  /// Images by the name of their camera.
  public var images: [String: Image]
  public var instruction: String?
  public var proprioception: Proprioception?
  /// What was seen one control step before; nil at the first step too.
  public var earlier: EarlierObservation?
  /// How many control steps the episode has made.
  public var step: Int

  public init(
    images: [String: Image] = [:], instruction: String? = nil,
    proprioception: Proprioception? = nil, earlier: EarlierObservation? = nil, step: Int
  ) {
    self.images = images
    self.instruction = instruction
    self.proprioception = proprioception
    self.earlier = earlier
    self.step = step
  }

  /// What the primary camera sees.
  public var primaryImage: Image? { images[CameraName.primary] }
}

/// What was seen and felt one control step before, as far as the policy reads it.
public struct EarlierObservation: Hashable, Sendable {
  /// Images by the name of their camera.
  public var images: [String: Image]
  public var proprioception: Proprioception?

  public init(images: [String: Image], proprioception: Proprioception? = nil) {
    self.images = images
    self.proprioception = proprioception
  }

  /// The earlier part of a later observation.
  public init(_ observation: Observation) {
    self.init(images: observation.images, proprioception: observation.proprioception)
  }

  /// What the primary camera saw.
  public var primaryImage: Image? { images[CameraName.primary] }
}
