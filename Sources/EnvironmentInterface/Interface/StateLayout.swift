import Geometry

/// The robot's state as a policy reads it: quantities one after the other.
public struct StateLayout: Hashable, Sendable, Codable {
  public enum Quantity: Hashable, Sendable, Codable {
    /// The gripper's position in the base frame [m].
    case position
    /// The gripper's orientation in the base frame.
    case orientation(RotationForm)
    /// The first joints' angles, from the base outward [rad].
    case jointAngles(count: Int)
    /// The distance between the fingers [m].
    case gripperWidth
    /// The distance between the fingers as a fraction of the widest, 1 open.
    case gripperFraction
    /// The two fingers' positions, half the width each and of opposite sign [m], as in LIBERO's datasets.
    case fingerPositions
    /// A number that is always 0.
    case padding
  }

  public var quantities: [Quantity]
  /// The distance between the fingers when fully open [m].
  public var widestGripper: Double

  public init(_ quantities: [Quantity], widestGripper: Double) {
    self.quantities = quantities
    self.widestGripper = widestGripper
  }

  /// How many numbers the state has.
  public var count: Int { quantities.reduce(0) { $0 + $1.count } }

  /// The most joints that a quantity asks for.
  public var jointCount: Int {
    quantities.reduce(0) { most, quantity in
      if case .jointAngles(let count) = quantity { max(most, count) } else { most }
    }
  }

  /// The numbers of a robot's state.
  ///
  /// - Returns: nil where the robot has fewer joints than are asked for.
  public func numbers(of felt: Proprioception) -> [Double]? {
    guard felt.jointAngles.count >= jointCount else { return nil }
    let pose = felt.baseFromGripper
    return quantities.flatMap { quantity -> [Double] in
      switch quantity {
      case .position: [pose.translation.x, pose.translation.y, pose.translation.z]
      case .orientation(let form): form.numbers(of: pose.rotation)
      case .jointAngles(let count): Array(felt.jointAngles.prefix(count))
      case .gripperWidth: [felt.gripperWidth]
      case .gripperFraction: [widestGripper > 0 ? felt.gripperWidth / widestGripper : 0]
      case .fingerPositions: [felt.gripperWidth / 2, -felt.gripperWidth / 2]
      case .padding: [0]
      }
    }
  }
}

extension StateLayout.Quantity {
  /// How many numbers it takes.
  public var count: Int {
    switch self {
    case .position: 3
    case .orientation(let form): form.count
    case .jointAngles(let count): count
    case .fingerPositions: 2
    case .gripperWidth, .gripperFraction, .padding: 1
    }
  }
}
