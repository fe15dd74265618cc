import EnvironmentInterface
import Foundation
import Geometry
import Rendering
import Simulation
import StrictYAML

extension Setup {
  private static let rateLimits = NumberLimits(0.5...100, "Hz")
  private static let translationLimits = NumberLimits(0.001...0.5, "m")
  private static let rotationLimits = NumberLimits(0.005...3.2, "rad")
  private static let gripperLimits = NumberLimits(-1000...1000)

  /// The set-up that a file of `Scenes/setups` describes.
  ///
  /// - Parameters:
  ///   - robots: by the names of their files; nil stands for a file that is broken, which is no mistake of this one.
  ///   - arenas: likewise.
  /// - Returns: nil where the robot or the arena is broken.
  static func read(
    _ file: YAMLValue, robots: [String: Robot?], arenas: [String: Arena?]
  ) throws -> Setup? {
    let entries = try file.mapping(knownKeys: [
      "name", "about", "robot", "arena", "rate", "start", "step", "limits", "gripper", "cameras",
      "workspace", "regions", "rules",
    ])
    let robotName = try entries.required("robot").name(
      among: robots.keys.sorted(), what: "robot")
    let arenaName = try entries.required("arena").name(
      among: arenas.keys.sorted(), what: "arena")
    let startEntry = try entries.required("start")
    let start = try startEntry.box()
    let step = try entries.required("step").motionLimit(rotationLimits, translationLimits)
    let limit = try entries.required("limits").motionLimit(rotationLimits, translationLimits)
    if step.translation > limit.translation || step.rotation > limit.rotation {
      entries["step"]?.complain(
        "the expert's step is longer than the arm makes", mend: "keep `step` within `limits`")
    }
    guard var robot = robots[robotName] ?? nil, let arena = arenas[arenaName] ?? nil else {
      return nil
    }
    if let workspace = entries["workspace"] {
      let box = try workspace.box()
      robot.workspace = Workspace(min: box.min, max: box.max)
    }
    let linkNames = robot.arm.linkNames
    let cameras = try entries.required("cameras").namedEntries(CountLimits(1...8, "cameras"))
      .map { name, value in
        let camera = try value.setupCamera(name, links: linkNames)
        if camera.link == nil {
          value.checkStands(camera.camera.worldFromCamera.translation, in: arena)
        }
        return camera
      }
    guard let primary = cameras.first(where: { $0.name == CameraName.primary }) else {
      throw try entries.required("cameras").error(
        "no camera is called '\(CameraName.primary)'",
        mend: "give that name to the camera that policies of one image look through")
    }
    return Setup(
      name: entries.read("name", or: "…") { try $0.identifier() },
      about: entries.read("about", or: "…") { try $0.text(atMost: TextLimits.about) }, robot: robot,
      arena: arena,
      primary: primary, others: cameras.filter { $0.name != CameraName.primary },
      controlRate: entries.number("rate", within: rateLimits), start: start,
      startPlace: startEntry.place,
      step: step, limit: limit,
      gripper: try entries["gripper"]?.gripperLayout(gripperLimits) ?? .openIsOne,
      rules: try entries["rules"]?.contactRules() ?? ContactRules(),
      regions: entries.readIfPresent("regions", default: [:]) { try $0.surfaceRegions() })
  }
}

extension YAMLValue {
  /// Which of the rules hold that not every set-up has.
  fileprivate func contactRules() throws -> ContactRules {
    let entries = try mapping(knownKeys: [
      "tumbles", "turnsPushedBodies", "tableFriction", "insecureSteps", "chainFriction",
    ])
    var rules = ContactRules()
    rules.tumbles = entries.readIfPresent("tumbles", default: false) { try $0.boolean() }
    rules.turnsPushedBodies = entries.readIfPresent("turnsPushedBodies", default: false) {
      try $0.boolean()
    }
    if entries.readIfPresent("chainFriction", default: false, { try $0.boolean() }) {
      rules.chainFrictionAngle = rules.frictionAngle
    }
    rules.tableFriction = entries.number(
      "tableFriction", within: .friction, default: rules.tableFriction)
    rules.insecureSteps = entries.integer(
      "insecureSteps", within: CountLimits(0...1000, "steps"), default: 0)
    return rules
  }

  /// Rectangles by name, each with the height of its surface.
  fileprivate func surfaceRegions() throws -> [String: SurfaceRegion] {
    var regions: [String: SurfaceRegion] = [:]
    for (name, value) in try namedEntries(.regions) {
      regions[name] = value.read(or: nil) { value in
        let entries = try value.mapping(knownKeys: ["min", "max", "height"])
        let (low, high) = (
          try entries.required("min").vector2(), try entries.required("max").vector2()
        )
        guard low.x < high.x, low.y < high.y else {
          throw value.error(
            "the region is empty", mend: "make min smaller than max in both coordinates")
        }
        return SurfaceRegion(
          region: Region(min: low, max: high),
          height: entries.number("height", within: .bodyCoordinate, default: 0))
      }
    }
    return regions
  }

  fileprivate func motionLimit(
    _ rotation: NumberLimits, _ translation: NumberLimits
  ) throws -> Setup.MotionLimit {
    let entries = try mapping(knownKeys: ["translation", "rotation"])
    return Setup.MotionLimit(
      translation: entries.number("translation", within: translation),
      rotation: entries.number("rotation", within: rotation))
  }

  fileprivate func gripperLayout(_ limits: NumberLimits) throws -> GripperLayout {
    let entries = try mapping(knownKeys: ["semantics", "open", "closed"])
    let known = GripperLayout.Semantics.allCases.map(\.rawValue)
    let semantics = try entries["semantics"]?.name(among: known, what: "gripper semantics")
    let layout = GripperLayout(
      open: entries.number("open", within: limits, default: 1),
      closed: entries.number("closed", within: limits, default: 0),
      semantics: semantics.flatMap(GripperLayout.Semantics.init) ?? .absolute)
    if layout.open == layout.closed {
      complain("open and closed are the same number", mend: "write two different numbers")
    }
    return layout
  }

  /// Records it where a camera that stands could see nothing of the table.
  fileprivate func checkStands(_ position: Vector3, in arena: Arena) {
    if position.z <= 0 {
      complain("the camera stands below the table's top", mend: "give `position` a z above 0")
    }
    if let surface = arena.surface(around: position) {
      complain(
        "the camera stands inside the surface '\(surface)'", mend: "move its `position` out of it")
    }
  }

  /// `{position, lookingAt, verticalFieldOfView, size}`, on a `link` where it is mounted on one.
  fileprivate func setupCamera(_ name: String, links: [String]) throws -> SetupCamera {
    let entries = try mapping(knownKeys: [
      "link", "position", "lookingAt", "up", "verticalFieldOfView", "size",
    ])
    let link = try entries["link"]?.name(among: links, what: "link")
    let position = try entries.required("position").vector3()
    let target = try entries.required("lookingAt").vector3()
    let up = try entries["up"]?.vector3() ?? .unitZ
    guard (position - target).cross(up).length > 1e-3 else {
      throw error(
        "the camera looks along `up`, or at itself",
        mend: "move `position` aside of `lookingAt`, or give it another `up`")
    }
    let size = try entries.required("size")
    let sides = try size.list(CountLimits(2...2, "sides, height and width")).map {
      try $0.integer(within: CountLimits(16...2048, "pixels"))
    }
    var camera = Camera(
      position: position, lookingAt: target, up: up,
      verticalFieldOfView: entries.number(
        "verticalFieldOfView", within: .fieldOfView) * .pi / 180)
    // A camera on the hand is close to the fingers.
    if link != nil { camera.nearDistance = 0.01 }
    return SetupCamera(name: name, camera: camera, link: link, height: sides[0], width: sides[1])
  }
}
