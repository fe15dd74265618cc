import Foundation

/// How the hand stands to what it is about to do: what one must know to turn, to descend and to close in time.
public struct HandState: Hashable, Sendable {
  /// What the fingers are.
  public enum Fingers: Int, Hashable, Sendable, CaseIterable {
    /// Closed on nothing, too narrow for what is to be grasped: they must open first.
    case shut
    case holding
    case open
  }

  /// What is left to turn about the vertical before the fingers fit, in [−π/2, π/2] [rad]; 0 where nothing is to be grasped.
  public var turn: Double
  /// The fingertips above the present subgoal [m].
  public var height: Double
  /// From the fingertips to the present subgoal, sideways [m].
  public var distance: Double
  public var fingers: Fingers

  public init(turn: Double, height: Double, distance: Double, fingers: Fingers) {
    self.turn = turn
    self.height = height
    self.distance = distance
    self.fingers = fingers
  }
}

extension HandState {
  /// The heights that `fractions` tells apart [m].
  private static let heights = -0.024...0.200

  /// A turn in [−π/2, π/2] [rad] as a number in [0, 1].
  public static func fraction(ofTurn turn: Double) -> Double { turn / .pi + 0.5 }

  /// The turn [rad] that a number in [0, 1] says.
  public static func turn(ofFraction fraction: Double) -> Double { (fraction - 0.5) * .pi }

  /// Turn, height and fingers as numbers in [0, 1], as a model says them.
  public var fractions: [Double] {
    let height =
      (height - Self.heights.lowerBound) / (Self.heights.upperBound - Self.heights.lowerBound)
    return [
      Self.fraction(ofTurn: turn), height,
      (Double(fingers.rawValue) + 0.5) / Double(Fingers.allCases.count),
    ].map { min(1, max(0, $0)) }
  }

  /// The hand that a model's fractions say; its `distance` is not among them and is 0.
  ///
  /// - Parameter fractions: Turn, height and fingers in [0, 1].
  public init?(fractions: [Double]) {
    guard fractions.count == 3, fractions.allSatisfy({ (0...1).contains($0) }) else { return nil }
    let count = Fingers.allCases.count
    self.init(
      turn: Self.turn(ofFraction: fractions[0]),
      height: Self.heights.lowerBound
        + fractions[1] * (Self.heights.upperBound - Self.heights.lowerBound),
      distance: 0, fingers: Fingers.allCases[min(count - 1, Int(fractions[2] * Double(count)))])
  }

  /// Right above what is to be grasped with open fingers, and too high to close: a hand that closes here grasps nothing.
  public var isTooHighToClose: Bool {
    fingers == .open && distance < 0.012 && (0.012...0.025).contains(height)
  }
}
