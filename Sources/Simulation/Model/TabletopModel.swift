import Geometry

/// All that stays the same through an episode: arm, gripper, table, bodies and the rules of contact.
public struct TabletopModel: Sendable {
  public let arm: ArmModel
  public let gripper: Gripper
  public let worldFromBase: RigidTransform
  public let bodies: [BodyModel]
  /// The table's top at z = 0, two corners in the world frame [m].
  public let table: (min: Vector2, max: Vector2)
  public let rules: ContactRules
  /// The joints of the bodies that have one.
  public let articulations: [Articulation]
  /// What can be poured; nil where there is nothing.
  public let grains: GrainModel?
  public let cloths: [ClothModel]
  /// The box the point between the fingertips is kept in, in the base frame [m].
  public let workspace: Workspace

  let baseFromWorld: RigidTransform
  let shapes: [BodyShape]
  let hand: HandShape
  /// Of bodies that may tip over; empty entries where the rules say that none does.
  let stablePoses: [StablePoses?]
  /// See `BodyModel.frictionRadius` [m]; ones where pushed bodies keep their heading.
  let frictionRadii: [Double]
  /// Containers sunk into the table, whose floor lies below its top.
  let basins: [Int]

  /// - Parameters:
  ///   - table: two corners of the table's top, in the world frame [m].
  ///   - workspace: where the gripper may be, in the base frame [m].
  ///   - articulations: joints of bodies that are not free, one a body.
  /// - Throws: `SimulationError.invalidShape` where a body's solids are no convex prisms, or its hollow
  ///   runs into its walls; `.tooManyBodies` beyond `BodySet.capacity`.
  public init(
    arm: ArmModel, gripper: Gripper, worldFromBase: RigidTransform, bodies: [BodyModel],
    table: (min: Vector2, max: Vector2), rules: ContactRules = ContactRules(), workspace: Workspace,
    articulations: [Articulation] = [], grains: GrainModel? = nil, cloths: [ClothModel] = []
  ) throws(SimulationError) {
    guard bodies.count <= BodySet.capacity else {
      throw .tooManyBodies(count: bodies.count, most: BodySet.capacity)
    }
    for body in bodies {
      if let defect = body.defect(tolerance: rules.penetrationTolerance) {
        throw .invalidShape(body: body.name, reason: defect)
      }
    }
    self.arm = arm
    self.gripper = gripper
    self.worldFromBase = worldFromBase
    self.bodies = bodies
    self.table = table
    self.rules = rules
    for joint in articulations {
      guard bodies.indices.contains(joint.body), !bodies[joint.body].isFixed else {
        throw .invalidArticulation(body: joint.body, count: bodies.count)
      }
    }
    self.articulations = articulations
    self.grains = grains
    self.cloths = cloths
    self.workspace = workspace
    baseFromWorld = worldFromBase.inverse
    shapes = bodies.map(BodyShape.init)
    hand = HandShape(gripper)
    stablePoses = bodies.map { rules.tumbles && !$0.isFixed ? StablePoses(of: $0) : nil }
    frictionRadii = bodies.map { rules.turnsPushedBodies ? $0.frictionRadius : 1 }
    basins = bodies.indices.filter { bodies[$0].isFixed && (bodies[$0].cavity?.floor ?? 0) < 0 }
  }
}
