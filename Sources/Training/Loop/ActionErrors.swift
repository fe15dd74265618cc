import EnvironmentInterface
import Policies

/// How far predicted actions are from the expert's: what decides success, where token accuracy does not.
public struct ActionErrors: Hashable, Sendable, Codable {
  /// Decisions compared.
  public private(set) var count = 0
  /// Sums of absolute differences along x, y, z [m].
  private var translation = [0.0, 0.0, 0.0]
  /// Sum of absolute differences of yaw [rad].
  private var yaw = 0.0
  private var gripperAgreements = 0
  private var closings = 0
  private var closingsFound = 0
  /// The same sums for an action of zeros.
  private var zeroTranslation = [0.0, 0.0, 0.0]
  private var zeroYaw = 0.0

  public init() {}

  /// Compares one prediction with the expert's action.
  public mutating func add(predicted: Action, expert: Action) {
    count += 1
    for axis in 0..<3 {
      translation[axis] += abs(predicted.translation[axis] - expert.translation[axis])
      zeroTranslation[axis] += abs(expert.translation[axis])
    }
    zeroYaw += abs(expert.rotation.z)
    yaw += abs(predicted.rotation.z - expert.rotation.z)
    if (predicted.gripper < 0.5) == (expert.gripper < 0.5) { gripperAgreements += 1 }
    if expert.gripper < 0.5 {
      closings += 1
      if predicted.gripper < 0.5 { closingsFound += 1 }
    }
  }

  /// Mean absolute difference along x, y, z [mm].
  public var millimetres: [Double] { translation.map { 1000 * $0 / Double(max(1, count)) } }
  /// Mean absolute difference of yaw [degree].
  public var yawDegrees: Double { yaw / Double(max(1, count)) * 180 / .pi }
  /// The errors of an action of zeros [mm, degree], and how often fingers that are always open agree: what a policy must
  /// beat to have learned anything.
  public var zeroMillimetres: [Double] { zeroTranslation.map { 1000 * $0 / Double(max(1, count)) } }
  public var zeroYawDegrees: Double { zeroYaw / Double(max(1, count)) * 180 / .pi }
  public var openGripperAccuracy: Double { Double(count - closings) / Double(max(1, count)) }
  /// Share of decisions whose gripper agrees.
  public var gripperAccuracy: Double { Double(gripperAgreements) / Double(max(1, count)) }
  /// Share of the expert's closed grippers that are closed here too.
  public var closingRecall: Double { Double(closingsFound) / Double(max(1, closings)) }

  func write(into entry: inout TrainingLogEntry) {
    entry.errorMillimetres = millimetres
    entry.yawDegrees = yawDegrees
    entry.gripperAccuracy = gripperAccuracy
    entry.closingRecall = closingRecall
    entry.zeroMillimetres = zeroMillimetres
    entry.zeroYawDegrees = zeroYawDegrees
    entry.openGripperAccuracy = openGripperAccuracy
  }
}
