import Foundation

/// Which way a thing lies, as far as a hand cares: the direction in which it closes, and how often that recurs in a turn.
public struct LieDirection: Hashable, Sendable {
  /// In how many directions of a full turn the thing looks the same to the hand.
  public enum Symmetry: Int, Hashable, Sendable, CaseIterable {
    /// Long things.
    case twofold = 2
    /// Square things.
    case fourfold = 4
  }

  /// The direction in which the hand closes, as an angle on the table, world frame [rad].
  public var angle: Double
  public var symmetry: Symmetry

  public init(angle: Double, symmetry: Symmetry) {
    self.angle = angle
    self.symmetry = symmetry
  }

  /// The direction that several closing directions have in common; nil where they have none, or there are none.
  ///
  /// An ellipse drawn by corners has two directions of least width a few degrees apart: they count as the one between.
  public init?(closingAngles angles: [Double]) {
    for symmetry in Symmetry.allCases {
      let fold = Double(symmetry.rawValue)
      let x = angles.reduce(0) { $0 + cos(fold * $1) } / Double(max(1, angles.count))
      let y = angles.reduce(0) { $0 + sin(fold * $1) } / Double(max(1, angles.count))
      guard (x * x + y * y).squareRoot() > 0.5 else { continue }
      self.init(angle: atan2(y, x) / fold, symmetry: symmetry)
      return
    }
    return nil
  }

  /// A unit vector that is the same for angles that are the same.
  public var direction: [Double] {
    let fold = Double(symmetry.rawValue)
    return [cos(fold * angle), sin(fold * angle)]
  }

  /// How far an angle is from this direction [rad].
  public func distance(to other: Double) -> Double { abs(turn(from: other)) }

  /// The shortest way to turn from an angle to this direction [rad].
  public func turn(from other: Double) -> Double {
    let period = 2 * Double.pi / Double(symmetry.rawValue)
    let difference = angle - other
    return difference - period * (difference / period).rounded()
  }
}
