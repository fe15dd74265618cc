import Geometry

/// A body in the fingers and how it sits there.
public struct Grasp: Sendable, Hashable, Codable {
  public var body: Int
  public var gripperFromBody: RigidTransform

  public init(body: Int, gripperFromBody: RigidTransform) {
    self.body = body
    self.gripperFromBody = gripperFromBody
  }
}

/// All that changes during an episode.
///
/// A value: copy it to branch, keep it to replay. It is made by a model and steps by that model's rules and no other's.
/// Bodies are numbered as in `TabletopModel.bodies`. Two worlds are equal where all that changes is.
public struct World: Sendable, Hashable {
  /// Whose world it is.
  let model: ModelBinding
  /// The arm's joint angles, from base to hand [rad].
  public internal(set) var jointAngles: [Double]
  public internal(set) var baseFromGripper: RigidTransform
  /// Between the fingers' inner faces [m].
  public internal(set) var gripperOpening: Double
  public internal(set) var worldFromBody: [RigidTransform]
  public internal(set) var grasp: Grasp?
  /// What lies on or in the held body and moves with it.
  public internal(set) var cargo = BodySet()
  /// How long the grasp goes on holding; nil where it is a good one.
  public internal(set) var insecureHold: InsecureHold?
  /// The body that the hand, or a body it held, met first.
  public internal(set) var firstTouched: Int?
  /// Every body that the hand has met.
  public internal(set) var touchedByHand = BodySet()
  /// Every body that the fingers have held.
  public internal(set) var heldByHand = BodySet()
  /// Every body that a held body has met.
  public internal(set) var touchedByHeldBody = BodySet()
  /// Where each of the model's joints is [m or rad].
  public internal(set) var articulationPositions: [Double] = []
  /// How many grains each body holds; empty where there are none.
  public internal(set) var grainCounts: [Int] = []
  public internal(set) var spilledGrains: [GrainPile] = []
  public internal(set) var cloths: [Cloth] = []
  /// How many control steps have passed.
  public internal(set) var step = 0

  /// The world at the start of an episode.
  ///
  /// Bodies stay where they are put: see
  /// `TabletopModel.restingPose(of:near:among:)` for where they would come to rest.
  ///
  /// - Parameters:
  ///   - worldFromBody: one pose for each of the model's bodies.
  ///   - grainCounts: how many grains each body holds; zeros where left out.
  ///   - cloths: where each of the model's sheets lies.
  ///   - gripperOpening: between the fingers' inner faces [m], clamped to what the hand can do.
  /// - Throws: `SimulationError` where two bodies, or one and the table, overlap by more than the
  ///   tolerance, a movable one is not wholly over the table, the arm cannot reach, or the hand is inside
  ///   a body or the table.
  public init(
    model: TabletopModel, worldFromBody: [RigidTransform], baseFromGripper: RigidTransform,
    gripperOpening: Double, grainCounts: [Int] = [], cloths: [Cloth] = []
  ) throws(SimulationError) {
    self.model = ModelBinding(model)
    let names = model.bodies.map(\.name)
    guard worldFromBody.count == names.count else {
      throw .wrongPoseCount(expected: names.count, given: worldFromBody.count)
    }
    for (body, pose) in worldFromBody.enumerated() {
      guard pose.translation.isFinite else { throw .notFinite(body: names[body]) }
      guard model.bodies[body].isFixed || model.isOnTable(body, at: pose) else {
        throw .outsideTable(body: names[body])
      }
      let sunk = model.depthInTable(of: body, worldFromBody)
      guard sunk <= model.rules.penetrationTolerance else {
        throw .overlap(first: "table", second: names[body], depth: sunk)
      }
      for other in 0..<body {
        let depth = model.overlapDepth(of: body, at: pose, with: other, at: worldFromBody[other])
        guard depth <= model.rules.penetrationTolerance else {
          throw .overlap(first: names[other], second: names[body], depth: depth)
        }
      }
    }
    guard baseFromGripper.translation.isFinite,
      let angles = model.arm.inverseKinematics(
        baseFromGripper: baseFromGripper, near: model.arm.rest)
    else { throw .gripperUnreachable(position: baseFromGripper.translation) }
    jointAngles = angles
    self.baseFromGripper = baseFromGripper
    let opening = gripperOpening.isFinite ? gripperOpening : model.gripper.maximumOpening
    self.gripperOpening = min(max(opening, 0), model.gripper.maximumOpening)
    self.worldFromBody = worldFromBody
    articulationPositions = model.articulations.map { joint in
      // The position whose pose is the one given, or nearest to it.
      let moved = worldFromBody[joint.body] * joint.worldFromShut.inverse
      switch joint.joint {
      case .slide(let axis): return joint.clamped(moved.translation.dot(axis.normalized))
      case .hinge(let axis, _):
        return joint.clamped(moved.rotation.rotationVector.dot(axis.normalized))
      }
    }
    for (joint, position) in zip(model.articulations, articulationPositions) {
      self.worldFromBody[joint.body] = joint.worldFromBody(at: position)
    }

    if model.grains != nil {
      for (body, count) in grainCounts.enumerated() where body < worldFromBody.count {
        let most = model.grainCapacity(of: body, at: worldFromBody[body])
        guard (0...most).contains(count) else {
          throw .tooManyGrains(body: names[body], count: count, most: most)
        }
      }
      self.grainCounts = worldFromBody.indices.map { $0 < grainCounts.count ? grainCounts[$0] : 0 }
    }
    guard cloths.count == model.cloths.count else {
      throw .wrongClothCount(expected: model.cloths.count, given: cloths.count)
    }
    self.cloths = cloths
    for index in cloths.indices { self.cloths[index].covered = bodiesUnder(index, in: model) }

    var hand = MovingSolids()
    place(&hand, at: worldFromGripper(in: model), opening: self.gripperOpening, in: model)
    guard hand.bottom >= -model.rules.penetrationTolerance else {
      throw .gripperInside(body: "table")
    }
    for (body, pose) in worldFromBody.enumerated()
    where hand.depth(in: body, at: pose, model) > model.rules.penetrationTolerance {
      throw .gripperInside(body: names[body])
    }
  }

  /// Where the gripper is in the world.
  public func worldFromGripper(in model: TabletopModel) -> RigidTransform {
    model.worldFromBase * baseFromGripper
  }

  /// The world after one control step.
  public func advanced(applying command: ArmCommand) -> World {
    var next = self
    next.advance(applying: command)
    return next
  }
}
