import Foundation
import Geometry

/// Where around a point the sky's light is looked for.
///
/// A neighbour keeps the sky away where it rises over the point by more than the slope of a cone: at a tap, more than its distance
/// times `slope`. So something flat shades a narrow rim only, and something tall a wide one. The taps lie on a sunflower's spiral,
/// which fills a disc evenly with any number of them.
enum SkyTaps {
  /// The radius of the disc [m].
  static let radius = 0.05
  /// Height over distance from which a neighbour keeps the sky away.
  static let slope = 0.8
  /// Height over the point that counts at the disc's edge [m].
  static let rise = radius * slope
  /// The share of the sky's light that a point loses whose neighbours all rise around it.
  static let strength = Double(loss) / 256
  /// The same, of 256.
  static let loss = 218
  static let count = 16

  /// The taps within a disc of radius 1.
  static let all: [Vector2] = (0..<count).map { i in
    let distance = ((Double(i) + 0.5) / Double(count)).squareRoot()
    let angle = Double(i) * .pi * (3 - 5.0.squareRoot())
    return Vector2(distance * cos(angle), distance * sin(angle))
  }
}
