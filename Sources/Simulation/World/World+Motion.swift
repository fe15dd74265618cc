import Foundation
import Geometry

/// How an attempt to move the hand a little way ended.
private enum Outcome {
  case moved
  /// Something cannot give way that the hand would be in this deep; nil where the arm cannot follow.
  case blocked(Overlap?)
}

/// Solids before and after a sub-step, kept to use their storage again.
private struct MotionScratch {
  var before = MovingSolids()
  var after = MovingSolids()
}

extension World {
  /// Moves the gripper as far as workspace, reach and contact allow, pushing what gives way.
  ///
  /// - Parameters:
  ///   - translation: in the base frame [m].
  ///   - rollPitchYaw: about the base frame's fixed axes [rad].
  mutating func moveGripper(
    by translation: Vector3, turning rollPitchYaw: Vector3, in model: TabletopModel,
    _ disturbed: inout BodySet
  ) {
    guard translation != .zero || rollPitchYaw != .zero else { return }
    let turn =
      rollPitchYaw == .zero
      ? Rotation.identity
      : Rotation(roll: rollPitchYaw.x, pitch: rollPitchYaw.y, yaw: rollPitchYaw.z)
    if let grasp, let joint = model.articulation(of: grasp.body) {
      return pullJoint(joint, by: model.worldFromBase.rotation * translation, in: model, &disturbed)
    }
    let target = RigidTransform(
      rotation: turn * baseFromGripper.rotation,
      translation: model.workspace.clamped(baseFromGripper.translation + translation))
    let way = model.worldFromBase.rotation * (target.translation - baseFromGripper.translation)
    let turnVector = model.worldFromBase.rotation * turn.rotationVector
    let angle = turnVector.length

    var scratch = MotionScratch()
    if isWayFree(to: model.worldFromBase * target, turning: angle, &scratch, in: model),
      reach(target, in: model)
    {
      return
    }
    let count = max(
      1,
      (max(way.length / model.rules.substepLength, angle / model.rules.substepAngle)).rounded(.up))
    let partialTurn = Rotation(about: turnVector, byRadians: angle / count)
    for _ in 0..<Int(count) {
      guard advanceSubstep(way / count, partialTurn, &scratch, in: model, &disturbed) else {
        return
      }
    }
  }

  /// Whether nothing is in the box around the whole way, so that the hand may go in one step.
  private func isWayFree(
    to target: RigidTransform, turning angle: Double, _ scratch: inout MotionScratch,
    in model: TabletopModel
  ) -> Bool {
    place(&scratch.before, at: worldFromGripper(in: model), opening: gripperOpening, in: model)
    place(&scratch.after, at: target, opening: gripperOpening, in: model)
    var swept = scratch.before.bounds
    swept.formUnion(scratch.after.bounds)
    // A turning point leaves the box of its first and last place by no more than its arc's height.
    let radius = (swept.max - swept.min).length
    swept = swept.grown(by: radius * (1 - cos(angle / 2)) + 1e-4)
    guard swept.min.z > 0 else { return false }
    let carried = carriedByGripper
    return model.bodies.indices.allSatisfy {
      carried.contains($0) || !swept.overlaps(model.shapes[$0].bounds(at: worldFromBody[$0]))
    }
  }

  /// One sub-step; where it is blocked, what of it is left after sliding along the obstacle.
  ///
  /// - Returns: whether the hand may go on.
  private mutating func advanceSubstep(
    _ way: Vector3, _ turn: Rotation, _ scratch: inout MotionScratch, in model: TabletopModel,
    _ disturbed: inout BodySet
  ) -> Bool {
    var way = way
    for _ in 0..<3 {
      switch tryMove(by: way, turn, &scratch, in: model, &disturbed) {
      case .moved: return true
      case .blocked(nil): return false
      case .blocked(let overlap?):
        way -= Vector3((overlap.depth + 1e-9) * overlap.normal, z: 0)
      }
    }
    guard way.z != 0 else { return false }
    let vertical = Vector3(0, 0, way.z)
    if case .moved = tryMove(by: vertical, .identity, &scratch, in: model, &disturbed) {
      return true
    }
    return false
  }

  /// Moves hand and what it carries, stops it on what lies below or above, and pushes what stands beside.
  private mutating func tryMove(
    by way: Vector3, _ turn: Rotation, _ scratch: inout MotionScratch, in model: TabletopModel,
    _ disturbed: inout BodySet
  ) -> Outcome {
    let start = worldFromGripper(in: model)
    let carried = carriedByGripper
    let (poses, alreadyDisturbed) = (worldFromBody, disturbed)
    var pose = RigidTransform(
      rotation: turn * start.rotation, translation: start.translation + way)
    var lifted = 0.0
    var lastPush: LateralContact?
    place(&scratch.before, at: start, opening: gripperOpening, in: model)
    for _ in 0..<Self.contactRounds {
      place(&scratch.after, at: pose, opening: gripperOpening, in: model)
      let contacts = contacts(
        of: scratch.after, after: scratch.before, poses, besides: carried, in: model)
      touch(contacts)
      if contacts.raise > 0 || contacts.lower > 0 {
        let correction = contacts.raise > 0 ? contacts.raise : -contacts.lower
        pose.translation.z += correction
        lifted += abs(correction)
        // A longer way up is no contact from above but the side of something that does not move.
        guard lifted < 4 * model.rules.substepLength else { break }
      } else if let push = contacts.lateral {
        if topple(push, besides: carried, in: model, &disturbed) { continue }
        guard !push.opposes(lastPush),
          shove(
            push.body, by: pivot(push, besides: carried, in: model), besides: carried, in: model,
            &disturbed)
        else {
          (worldFromBody, disturbed) = (poses, alreadyDisturbed)
          return .blocked(push.overlap)
        }
        lastPush = push
      } else if reach(model.baseFromWorld * pose, in: model) {
        return .moved
      } else {
        break
      }
    }
    (worldFromBody, disturbed) = (poses, alreadyDisturbed)
    return .blocked(nil)
  }

  /// How often contacts are looked for and resolved before a move counts as blocked.
  static var contactRounds: Int { 6 }

  /// Puts the gripper and what it carries somewhere if the arm can.
  private mutating func reach(_ pose: RigidTransform, in model: TabletopModel) -> Bool {
    guard model.arm.follow(pose, moving: &jointAngles) else { return false }
    baseFromGripper = pose
    guard let grasp else { return true }
    let worldFromHeld = model.worldFromBase * pose * grasp.gripperFromBody
    if !cargo.isEmpty {
      let move = worldFromHeld * worldFromBody[grasp.body].inverse
      for body in cargo { worldFromBody[body] = move * worldFromBody[body] }
    }
    worldFromBody[grasp.body] = worldFromHeld
    return true
  }
}
