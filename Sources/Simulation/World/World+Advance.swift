import Geometry

extension World {
  /// One control step: a pure function of the world and the command, by the rules of the model that made the world.
  ///
  /// The hand moves first and the fingers after it; then what was pushed, dropped or spilled comes to
  /// rest. Bodies have no speed: each step is quasi-static (Mason 1986). A number of the command that is
  /// not finite counts as zero.
  public mutating func advance(applying command: ArmCommand) {
    let model = model.value
    step += 1
    var disturbed = BodySet()
    moveGripper(
      by: command.translation.finite, turning: command.rotation.finite, in: model, &disturbed)
    spillTiltedCargo(in: model, &disturbed)
    slipIfInsecure(in: model, &disturbed)
    let fraction = command.gripper.isFinite ? min(max(command.gripper, 0), 1) : 0
    moveFingers(to: fraction * model.gripper.maximumOpening, in: model, &disturbed)
    settle(disturbed, in: model)
    pour(in: model)
    if !cloths.isEmpty {
      dragCloth(in: model)
      holdCloth(closing: fraction < 0.5, in: model)
    }
  }

  /// What a held body carries falls off when the body leans too far.
  private mutating func spillTiltedCargo(in model: TabletopModel, _ disturbed: inout BodySet) {
    guard let grasp, !cargo.isEmpty else { return }
    let up = worldFromBody[grasp.body].rotation.columns.z
    guard up.z < model.rules.spillCosine else { return }
    disturbed.formUnion(cargo)
    cargo = BodySet()
  }
}

extension Vector3 {
  /// The vector with zeros for coordinates that are infinite or not a number.
  fileprivate var finite: Vector3 {
    Vector3(x.isFinite ? x : 0, y.isFinite ? y : 0, z.isFinite ? z : 0)
  }
}
