import Foundation
import Geometry
import RandomNumbers
import Rendering
import Simulation

/// What a thing's contents are known by, whatever file they stand in.
///
/// A value's digest is that of its JSON with sorted keys, so that it covers all of the value: a field that is added later
/// cannot be forgotten.
enum ContentDigest {
  static func of(_ content: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var hash = StableHash()
    hash.combine(bytes: try encoder.encode(content))
    return hash.hexadecimal
  }
}

extension ObjectModel {
  private struct Content: Encodable {
    let parts: [Part]
    let body: BodyModel
    /// Nil where there is none, so that a thing without one is known as ever.
    let joint: JointModel?
    let filling: Filling?
  }

  /// Over looks, contact and filling; what it is called is in the instruction.
  var contentDigest: String {
    get throws {
      try ContentDigest.of(Content(parts: parts, body: body, joint: joint, filling: filling))
    }
  }
}

extension EpisodeScene.Sensing {
  private struct Content: Encodable {
    let sensor: Sensor
    let latency: Int
  }

  /// Over what is not ideal; nothing where all is.
  var digests: [String] {
    get throws {
      guard sensor != .ideal || latency > 0 else { return [] }
      return [try ContentDigest.of(Content(sensor: sensor, latency: latency))]
    }
  }
}

extension TaskFamily {
  private struct Content: Encodable {
    let parts: [Part]
    let credit: [Credit]
    let paperCredit: [Credit]
  }

  /// Over what must hold and what is worth how much.
  var contentDigest: String {
    get throws {
      try ContentDigest.of(Content(parts: parts, credit: credit, paperCredit: paperCredit))
    }
  }
}

extension Arena {
  private struct Content: Encodable {
    let surfaces: [[Part]]
    let light: Light
    let background: Background
    let table: [Vector2]
    /// Nil where there are none, so that an arena without any is known as ever.
    let fixtures: [FixtureContent]?
  }

  private struct FixtureContent: Encodable {
    let name: String
    let parts: [Part]
    let body: BodyModel
    let joint: JointModel?
    let place: RigidTransform
  }

  /// Over everything that stands there and the light.
  var contentDigest: String {
    get throws {
      try ContentDigest.of(
        Content(
          surfaces: surfaces.map(\.parts), light: light, background: background,
          table: [table.min, table.max],
          fixtures: fixtures.isEmpty
            ? nil
            : fixtures.map {
              FixtureContent(
                name: $0.name, parts: $0.object.parts, body: $0.object.body,
                joint: $0.object.joint, place: $0.worldFromFixture)
            }))
    }
  }
}

extension Robot {
  struct Content: Encodable {
    let joints: [ArmJoint]
    let lastLinkFromGripper: RigidTransform
    let rest: [Double]
    let gripper: Gripper
    let links: [[Part]]
    let fingers: [[Part]]
    let workspace: Workspace
    let worldFromBase: RigidTransform
  }

  var content: Content {
    Content(
      joints: arm.joints, lastLinkFromGripper: arm.lastLinkFromGripper, rest: arm.rest,
      gripper: gripper, links: links.map { $0?.parts ?? [] }, fingers: fingers.map(\.parts),
      workspace: workspace, worldFromBase: worldFromBase)
  }
}

extension Setup {
  private struct Content: Encodable {
    let robot: Robot.Content
    let rules: ContactRules
    let cameras: [SetupCamera]
    let controlRate: Double
    let limit: MotionLimit
    let gripper: [String]
  }

  /// Over robot, rules of contact, cameras, rate and what an action may ask; the arena has a digest of its own, and the
  /// expert's step is the expert's.
  var contentDigest: String {
    get throws {
      try ContentDigest.of(
        Content(
          robot: robot.content, rules: rules, cameras: cameras, controlRate: controlRate,
          limit: limit,
          gripper: [gripper.semantics.rawValue, "\(gripper.open)", "\(gripper.closed)"]))
    }
  }
}
