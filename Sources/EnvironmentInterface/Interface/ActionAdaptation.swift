import Geometry

/// Turns the numbers that a policy answers into an `Action`, where they differ in form only.
public struct ActionAdaptation: Hashable, Sendable {
  /// What the policy's numbers mean.
  public let layout: ActionLayout

  /// - Returns: nil where a layout cannot be turned into displacements of the gripper without knowing more than the
  ///   numbers: joints, absolute poses, velocities, the gripper's own frame, sticky grippers.
  public init?(from layout: ActionLayout) {
    guard layout.control == .endEffector, layout.mode == .delta, layout.frame == .base,
      layout.gripper.semantics == .absolute, layout.gripper.open != layout.gripper.closed
    else { return nil }
    self.layout = layout
  }

  /// The action that the numbers stand for.
  ///
  /// - Throws: `PolicyError` where their number is wrong, or one is not finite, or they stand for no rotation.
  public func action(_ numbers: [Double]) throws(PolicyError) -> Action {
    guard numbers.count == layout.count else {
      throw .wrongActionLength(numbers.count, expected: layout.count)
    }
    for (index, value) in numbers.enumerated() where !value.isFinite {
      throw .notFinite(index: index, value: value)
    }
    let turnNumbers = numbers[3..<numbers.count - 1]
    let isAngles = layout.rotation.count == 3
    let turn = isAngles ? turnNumbers.map { $0 * layout.radiansPerUnit } : Array(turnNumbers)
    var angles = turn
    if layout.rotation != .rollPitchYaw {
      guard let rotation = layout.rotation.rotation(of: turn) else {
        throw .failed("the numbers \(turn) stand for no rotation")
      }
      angles = RotationForm.rollPitchYaw.numbers(of: rotation)
    }
    let (open, closed) = (layout.gripper.open, layout.gripper.closed)
    let gripper = numbers[numbers.count - 1]
    return Action(
      translation: Vector3(numbers[0], numbers[1], numbers[2]) * layout.metresPerUnit,
      rotation: Vector3(angles[0], angles[1], angles[2]),
      gripper: (gripper - closed) / (open - closed))
  }
}
