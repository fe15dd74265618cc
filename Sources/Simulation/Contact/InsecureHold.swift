import Geometry

/// What is left of a bad grasp.
///
/// Off the middle of the pads, or with little of them on the body, its weight turns and creeps through the contact
/// (Howe and Cutkosky 1996, "Practical force-motion models for sliding manipulation"): the worse the grasp, the sooner it
/// falls. Only what hangs in the air slips.
public struct InsecureHold: Sendable, Hashable, Codable {
  /// Control steps in the air that are left.
  public internal(set) var stepsLeft: Int
  /// The height of the body's lowest point when it was grasped [m].
  let ground: Double

  /// Higher than this over where it was grasped, a body hangs [m].
  static let clearance = 5e-3

  /// Nil for a good grasp.
  init?(_ candidate: GraspCandidate, held world: World, in model: TabletopModel) {
    guard candidate.insecurity > 0 else { return nil }
    let share = 1 - min(candidate.insecurity, 1)
    stepsLeft = max(2, Int((Double(model.rules.insecureSteps) * share).rounded()))
    ground = model.lowestPoint(of: candidate.body, at: world.worldFromBody[candidate.body])
  }
}

extension World {
  /// Counts a step in the air of what is held badly, and drops it when none is left.
  mutating func slipIfInsecure(in model: TabletopModel, _ disturbed: inout BodySet) {
    guard let grasp, let hold = insecureHold,
      model.lowestPoint(of: grasp.body, at: worldFromBody[grasp.body])
        > hold.ground + InsecureHold.clearance
    else { return }
    insecureHold?.stepsLeft -= 1
    if hold.stepsLeft <= 1 { letGo(of: grasp, in: model, &disturbed) }
  }

  /// Ends a grasp: the body, and what lies on it, come to rest where they may.
  mutating func letGo(
    of grasp: Grasp, in model: TabletopModel, _ disturbed: inout BodySet
  ) {
    self.grasp = nil
    insecureHold = nil
    disturbed.formUnion(cargo)
    cargo = BodySet()
    settle(grasp.body, in: model)
  }
}
