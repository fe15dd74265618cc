import Geometry

/// The hand at the end of an arm: two fingers, their pads, and the palm behind them.
///
/// Sizes are along the axes of the gripper frame: x where the fingers point, y where they close, z across.
public struct Gripper: Sendable, Hashable, Codable {
  /// How the fingers get their opening.
  public enum Motion: Sendable, Hashable, Codable {
    /// Both slide along the closing direction and stay parallel.
    case parallel
    /// Each swings about a pivot this far behind the fingertips [m]; contact takes them as parallel.
    case pivoting(reach: Double)
  }

  public var motion: Motion
  /// The widest gap between the fingers' inner faces [m].
  public var maximumOpening: Double
  /// Half a finger's size along the closing direction [m].
  public var fingerHalfThickness: Double
  /// Half a finger's size across [m].
  public var fingerHalfWidth: Double
  /// From the fingertips back to the palm [m].
  public var fingerLength: Double
  /// How far back from the fingertips the inner faces can press [m].
  public var padLength: Double
  /// Half the palm's size along x, y and z [m].
  public var palmHalfSize: Vector3

  /// - Parameter padLength: the whole finger where left out.
  public init(
    motion: Motion = .parallel, maximumOpening: Double, fingerHalfThickness: Double,
    fingerHalfWidth: Double, fingerLength: Double, padLength: Double? = nil, palmHalfSize: Vector3
  ) {
    self.motion = motion
    self.maximumOpening = maximumOpening
    self.fingerHalfThickness = fingerHalfThickness
    self.fingerHalfWidth = fingerHalfWidth
    self.fingerLength = fingerLength
    self.padLength = padLength ?? fingerLength
    self.palmHalfSize = palmHalfSize
  }
}
