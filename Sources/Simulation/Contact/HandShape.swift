import Geometry

/// The hand's solids: two fingers whose tips are in the gripper's origin plane, and the palm behind them.
struct HandShape: Sendable {
  /// Left finger, right finger, palm.
  static let solidCount = 3

  private let finger: LocalPrism
  private let palm: LocalPrism
  private let halfThickness: Double

  /// Prisms are swept along z: this frame's z is the gripper's approach, its x the closing direction.
  private static let gripperFromPrism = Rotation(columns: .unitY, .unitZ, .unitX)

  init(_ gripper: Gripper) {
    halfThickness = gripper.fingerHalfThickness
    finger = LocalPrism(
      Prism(
        footprint: ConvexPolygon.rectangle(
          size: 2 * Vector2(gripper.fingerHalfThickness, gripper.fingerHalfWidth)
        ).vertices,
        bottom: -gripper.fingerLength, top: 0))
    palm = LocalPrism(
      Prism(
        footprint: ConvexPolygon.rectangle(
          size: 2 * Vector2(gripper.palmHalfSize.y, gripper.palmHalfSize.z)
        ).vertices,
        bottom: -gripper.fingerLength - 2 * gripper.palmHalfSize.x, top: -gripper.fingerLength))
  }

  /// Appends left finger (toward +y), right finger and palm.
  func place(at worldFromGripper: RigidTransform, opening: Double, into solids: inout [Solid]) {
    let aside = opening / 2 + halfThickness
    let rotation = worldFromGripper.rotation * Self.gripperFromPrism
    let closing = worldFromGripper.rotation.columns.y
    let origin = worldFromGripper.translation
    for offset in [aside, -aside] {
      let pose = RigidTransform(rotation: rotation, translation: origin + offset * closing)
      solids.append(Solid(finger, at: Placement(pose)))
    }
    solids.append(
      Solid(palm, at: Placement(RigidTransform(rotation: rotation, translation: origin))))
  }
}
