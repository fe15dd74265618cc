import EnvironmentInterface
import Foundation
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
  /// Of the moments in which a thing can go wrong, how many did or did not.
  private var early = Share()
  private var emptyOpened = Share()
  private var turned = Share()
  private var sayable = Share()
  /// Where there is something left to turn: how often a policy said how much, sums of its errors and of those of saying zero [rad].
  private var saidCount = 0
  private var saidTurn = 0.0
  private var zeroSaidTurn = 0.0

  /// Some out of several.
  private struct Share: Hashable, Sendable, Codable {
    private var some = 0
    private var all = 0

    mutating func count(_ holds: Bool) {
      all += 1
      some += holds ? 1 : 0
    }

    /// nil where there is nothing to take a share of.
    var value: Double? { all > 0 ? Double(some) / Double(all) : nil }
  }

  /// The expert's turns that count, and what finds one [rad].
  private static let turn = (expert: 10 * Double.pi / 180, own: 5 * Double.pi / 180)

  /// Δyaw among an action's numbers.
  private static let yaw = 5

  public init() {}

  /// Compares one prediction with the expert's action.
  ///
  /// - Parameters:
  ///   - hand: How the hand stands, where that is known.
  ///   - saidTurn: What the policy said that it has left to turn [rad], if it says so.
  ///   - scales: What the policy's actions are scaled by, which clip the expert's where they are rarer than the scales know.
  ///   - gripper: What the gripper's numbers mean.
  public mutating func add(
    predicted: Action, expert: Action, hand: HandState? = nil, saidTurn: Double? = nil,
    scales: ActionStatistics? = nil, gripper: GripperLayout = .openIsOne
  ) {
    count += 1
    let isOpen = gripper.opening(of: predicted.gripper) >= 0.5
    let shallOpen = gripper.opening(of: expert.gripper) >= 0.5
    if let hand, let saidTurn, abs(hand.turn) >= Self.turn.expert {
      saidCount += 1
      self.saidTurn += abs(saidTurn - hand.turn)
      zeroSaidTurn += abs(hand.turn)
    }
    if abs(expert.rotation.z) >= Self.turn.expert {
      let sign: Double = expert.rotation.z < 0 ? -1 : 1
      turned.count(sign * predicted.rotation.z > Self.turn.own)
      if let scales {
        let clipped = scales.unnormalized(scales.normalized(expert.values))
        sayable.count(sign * clipped[Self.yaw] > Self.turn.own)
      }
    }
    if let hand, hand.isTooHighToClose, shallOpen { early.count(!isOpen) }
    if hand?.fingers == .shut, shallOpen { emptyOpened.count(isOpen) }
    for axis in 0..<3 {
      translation[axis] += abs(predicted.translation[axis] - expert.translation[axis])
      zeroTranslation[axis] += abs(expert.translation[axis])
    }
    zeroYaw += abs(expert.rotation.z)
    yaw += abs(predicted.rotation.z - expert.rotation.z)
    if isOpen == shallOpen { gripperAgreements += 1 }
    if !shallOpen {
      closings += 1
      if !isOpen { closingsFound += 1 }
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

  /// How often the fingers close right above a thing and too high; how often they open when they closed on nothing; how often a
  /// turn of 10 degrees or more is found, the right way by over 5. nil where there was no such moment.
  public var earlyClosing: Double? { early.value }
  public var emptyOpening: Double? { emptyOpened.value }
  public var turnsFound: Double? { turned.value }
  /// How many of these turns could be found: what a policy can say is clipped to its scales. nil where they are not known.
  public var turnsSayable: Double? { sayable.value }

  /// Mean absolute error of the turn that the policy says is left, where 10 degrees or more are [degree], and that of saying zero;
  /// nil where nothing was said.
  public var saidTurnDegrees: Double? {
    saidCount > 0 ? saidTurn / Double(saidCount) * 180 / .pi : nil
  }
  public var zeroSaidTurnDegrees: Double? {
    saidCount > 0 ? zeroSaidTurn / Double(saidCount) * 180 / .pi : nil
  }

  func write(into entry: inout TrainingLogEntry) {
    entry.errorMillimetres = millimetres
    entry.yawDegrees = yawDegrees
    entry.earlyClosing = earlyClosing
    entry.emptyOpening = emptyOpening
    entry.turnsFound = turnsFound
    entry.turnsSayable = turnsSayable
    entry.saidTurnDegrees = saidTurnDegrees
    entry.zeroSaidTurnDegrees = zeroSaidTurnDegrees
    entry.gripperAccuracy = gripperAccuracy
    entry.closingRecall = closingRecall
    entry.zeroMillimetres = zeroMillimetres
    entry.zeroYawDegrees = zeroYawDegrees
    entry.openGripperAccuracy = openGripperAccuracy
  }
}
