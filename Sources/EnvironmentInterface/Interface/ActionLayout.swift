/// What the numbers of an action mean.
public struct ActionLayout: Hashable, Sendable, Codable {
  /// What the motion's numbers are about.
  public enum Control: String, Hashable, Sendable, Codable, CaseIterable {
    /// Position and orientation of the gripper.
    case endEffector = "end-effector"
    /// One number a joint.
    case joints
  }

  /// What the numbers are relative to.
  public enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
    /// Added to where the robot is.
    case delta
    /// Where it shall be.
    case absolute
    /// How fast it shall move.
    case velocity
  }

  /// Whose axes a motion of the gripper is given along.
  public enum Frame: String, Hashable, Sendable, Codable, CaseIterable {
    case base
    case gripper
  }

  public var control: Control
  public var mode: Mode
  public var frame: Frame
  public var rotation: RotationForm
  /// Metres that the number 1 of a translation stands for.
  public var metresPerUnit: Double
  /// Radians that the number 1 of an angle stands for: 1, or π/180 for degrees.
  public var radiansPerUnit: Double
  public var gripper: GripperLayout
  /// How many joints there are, where `control` is `joints`.
  public var jointCount: Int?

  public init(
    control: Control = .endEffector, mode: Mode = .delta, frame: Frame = .base,
    rotation: RotationForm = .rollPitchYaw, metresPerUnit: Double = 1, radiansPerUnit: Double = 1,
    gripper: GripperLayout = .openIsOne, jointCount: Int? = nil
  ) {
    self.control = control
    self.mode = mode
    self.frame = frame
    self.rotation = rotation
    self.metresPerUnit = metresPerUnit
    self.radiansPerUnit = radiansPerUnit
    self.gripper = gripper
    self.jointCount = jointCount
  }

  /// `Action`: displacement [m] and roll, pitch, yaw [rad] in the base frame, gripper 1 open to 0 closed.
  public static let endEffectorDelta = ActionLayout()

  /// How many numbers an action has.
  public var count: Int {
    (control == .joints ? jointCount ?? 0 : 3 + rotation.count) + 1
  }
}

/// What the gripper's number means.
public struct GripperLayout: Hashable, Sendable, Codable {
  public enum Semantics: String, Hashable, Sendable, Codable, CaseIterable {
    /// How far open the fingers shall be.
    case absolute
    /// Open or close from here on: a number off the middle is kept until another comes, the middle changes nothing
    /// (RT-1's Google robot; SimplerEnv calls it sticky).
    case relativeSticky = "relative-sticky"
  }

  /// The numbers that open and close the fingers fully; what lies between is between.
  public var open: Double
  public var closed: Double
  public var semantics: Semantics

  public init(open: Double, closed: Double, semantics: Semantics = .absolute) {
    self.open = open
    self.closed = closed
    self.semantics = semantics
  }

  /// 1 open, 0 closed: `Action`, and the datasets that OpenVLA was trained on.
  public static let openIsOne = GripperLayout(open: 1, closed: 0)

  /// How far open a number asks the fingers to be, 1 open and 0 closed; the middle of a sticky gripper asks for nothing.
  public func opening(of number: Double) -> Double {
    min(1, max(0, (number - closed) / (open - closed)))
  }

  /// The number that asks for an opening, 1 open and 0 closed.
  public func number(for opening: Double) -> Double { closed + (open - closed) * opening }
}
