import Foundation
import Geometry

@testable import Simulation

/// Bodies of known sizes, and a hand that is sent to places, for tests of the contact rules.
enum TestBodies {
  static func block(
    _ name: String, size: Vector3, isFixed: Bool = false, isGraspable: Bool = true
  ) -> BodyModel {
    BodyModel(
      name: name,
      prisms: [
        Prism(
          footprint: ConvexPolygon.rectangle(size: size.xy).vertices, bottom: 0, top: size.z)
      ],
      isFixed: isFixed, isGraspable: isGraspable, centerOfMass: Vector3(0, 0, size.z / 2))
  }

  static func cylinder(_ name: String, radius: Double, height: Double) -> BodyModel {
    BodyModel(
      name: name,
      prisms: [
        Prism(
          footprint: ConvexPolygon.regular(sides: 16, radius: radius).vertices, bottom: 0,
          top: height)
      ],
      centerOfMass: Vector3(0, 0, height / 2))
  }

  /// A square pot: a floor of 5 mm and four walls of 5 mm around a hollow of the given inner width.
  static func pot(
    _ name: String, width: Double, height: Double, isFixed: Bool = false
  ) -> BodyModel {
    let wall = 0.005
    let aside = width / 2 + wall / 2
    let long = width + 2 * wall
    func side(_ center: Vector2, _ size: Vector2) -> Prism {
      Prism(
        footprint: ConvexPolygon.rectangle(size: size, center: center).vertices, bottom: 0,
        top: height)
    }
    return BodyModel(
      name: name,
      prisms: [
        Prism(
          footprint: ConvexPolygon.rectangle(size: Vector2(width, width)).vertices, bottom: 0,
          top: wall),
        side(Vector2(aside, 0), Vector2(wall, long)),
        side(Vector2(-aside, 0), Vector2(wall, long)),
        side(Vector2(0, aside), Vector2(width, wall)),
        side(Vector2(0, -aside), Vector2(width, wall)),
      ],
      cavity: Cavity(
        footprint: ConvexPolygon.rectangle(size: Vector2(width, width)).vertices, floor: wall,
        rim: height),
      isFixed: isFixed, isGraspable: false, centerOfMass: Vector3(0, 0, height / 3))
  }

  /// A fixed basin of 0.2 m × 0.2 m let into the table, 8 cm deep.
  static let sink = BodyModel(
    name: "sink",
    prisms: [
      Prism(
        footprint: ConvexPolygon.rectangle(size: Vector2(0.2, 0.2)).vertices, bottom: -0.09,
        top: -0.08)
    ],
    cavity: Cavity(
      footprint: ConvexPolygon.rectangle(size: Vector2(0.2, 0.2)).vertices, floor: -0.08, rim: 0),
    isFixed: true, isGraspable: false, centerOfMass: .zero)

  static func plate(_ name: String, radius: Double = 0.08) -> BodyModel {
    var plate = cylinder(name, radius: radius, height: 0.012)
    plate.isGraspable = false
    return plate
  }
}

/// A hand that points straight down, its fingers closing along the base's y axis.
let handDown = Rotation(columns: -.unitZ, .unitY, .unitX)

/// Bodies on a table of 0.65 m × 0.8 m in front of a WidowX whose base is the world's origin.
func tabletop(
  _ bodies: [BodyModel], rules: ContactRules = ContactRules()
) throws -> TabletopModel {
  try TabletopModel(
    arm: .widowX250, gripper: .widowX, worldFromBase: .identity, bodies: bodies,
    table: (min: Vector2(-0.05, -0.4), max: Vector2(0.6, 0.4)), rules: rules,
    workspace: Workspace(min: Vector3(0.1, -0.3, -0.06), max: Vector3(0.45, 0.3, 0.35)))
}

func at(_ x: Double, _ y: Double, _ z: Double = 0, yaw: Double = 0) -> RigidTransform {
  RigidTransform(
    rotation: Rotation(about: .unitZ, byRadians: yaw), translation: Vector3(x, y, z))
}

/// A world whose hand is open and high above the middle of the table.
func world(
  _ model: TabletopModel, _ poses: [RigidTransform], hand: Vector3 = Vector3(0.25, 0, 0.25),
  rotation: Rotation = handDown, opening: Double = 0.074
) throws -> World {
  try World(
    model: model, worldFromBody: poses,
    baseFromGripper: RigidTransform(rotation: rotation, translation: hand),
    gripperOpening: opening)
}

extension World {
  /// Sends the hand straight to a place, 2 cm a control step, and gives up where it gets no nearer.
  mutating func send(to place: Vector3, gripper: Double, in model: TabletopModel) {
    for _ in 0..<200 {
      let way = place - baseFromGripper.translation
      guard way.length > 1e-9 else { return }
      let before = baseFromGripper.translation
      let step = way.length > 0.02 ? way * (0.02 / way.length) : way
      advance(applying: ArmCommand(translation: step, gripper: gripper))
      guard (baseFromGripper.translation - before).length > 1e-6 else { return }
    }
  }

  /// Closes (0) or opens (1) the fingers where the hand is.
  mutating func grip(_ gripper: Double, in model: TabletopModel) {
    advance(applying: ArmCommand(gripper: gripper))
  }

  /// Comes down over a place, closes the fingers and lifts.
  mutating func pick(at place: Vector3, in model: TabletopModel) {
    send(to: place + Vector3(0, 0, 0.12), gripper: 1, in: model)
    send(to: place, gripper: 1, in: model)
    grip(0, in: model)
    send(to: place + Vector3(0, 0, 0.12), gripper: 0, in: model)
  }

  func position(of body: Int) -> Vector3 { worldFromBody[body].translation }
}
