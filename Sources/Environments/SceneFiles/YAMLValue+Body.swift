import Geometry
import Rendering
import Simulation
import StrictYAML

// What an object is solid like and what it is called, as its file says.

extension YAMLValue {
  /// A footprint given by its corners or by a radius.
  private func footprint(_ entries: YAMLMapping) throws -> [Vector2] {
    if let radius = entries["radius"] {
      guard entries["footprint"] == nil else {
        throw radius.error("there is a `footprint` as well", mend: "remove one of the two")
      }
      return ConvexPolygon.regular(sides: 12, radius: try radius.length()).vertices
    }
    let corners = try entries.required("footprint")
    let points = try corners.list(.corners).map { try $0.vector2(within: .bodyCoordinate) }
    let hull = ConvexPolygon(hullOf: points).vertices
    guard hull.count == points.count, hull.count >= 3 else {
      throw corners.error(
        "the footprint is not convex", mend: "give three corners or more that each stick out")
    }
    return hull
  }

  func prism() throws -> Prism {
    let entries = try mapping(knownKeys: ["footprint", "radius", "bottom", "top"])
    let bottom = entries.number("bottom", within: .bodyCoordinate)
    let top = entries.number("top", within: .bodyCoordinate)
    if bottom >= top {
      complain("bottom \(bottom) is not below top \(top)", mend: "swap them")
    }
    return Prism(footprint: try footprint(entries), bottom: bottom, top: top)
  }

  /// - Parameter isSunk: whether the hollow may be let into the table, as that of a fixed thing may.
  func cavity(isSunk: Bool = false) throws -> Cavity {
    let entries = try mapping(knownKeys: ["footprint", "radius", "floor", "rim"])
    let floor = entries.number("floor", within: .bodyCoordinate)
    let rim = entries.number("rim", within: .bodyCoordinate)
    if floor >= rim || (floor <= 0 && !isSunk) {
      complain(
        "floor \(floor) and rim \(rim) enclose nothing",
        mend: isSunk ? "write floor < rim" : "write 0 < floor < rim")
    }
    return Cavity(footprint: try footprint(entries), floor: floor, rim: rim)
  }

  /// What a list of drawn parts is solid like; those with `solid: false` are left out.
  func prisms(around parts: [Part], cavity: Cavity?) throws -> [Prism] {
    let isSolid = try list().map { try $0.isSolidPart() }
    let prisms = ObjectModel.prisms(
      around: zip(parts, isSolid).filter(\.1).map(\.0), cavity: cavity)
    guard !prisms.isEmpty else {
      throw error("no part is solid", mend: "remove `solid: false` from one, or write `contact`")
    }
    return prisms
  }

  /// Why an object cannot be simulated; nil where it can.
  func defect(of object: ObjectModel) -> YAMLError? {
    let bottom = object.body.prisms.map(\.bottom).min() ?? 0
    // A basin is let into the table.
    guard abs(bottom) < 0.002 || (object.body.isFixed && bottom < 0) else {
      return error(
        "the object's lowest point is at z = \(bottom)",
        mend: "move its parts so that it rests on z = 0")
    }
    let corners = object.outline.vertices
    guard corners.allSatisfy({ $0.length <= Self.largestReach }) else {
      return error(
        "the object reaches farther than \(Self.largestReach) m from its origin",
        mend: "make it smaller, or put its origin into its middle")
    }
    return object.body.defect(tolerance: ContactRules().penetrationTolerance).map {
      error($0, mend: "mend the solids")
    }
  }

  /// The farthest from its origin that an object reaches sideways [m].
  private static let largestReach = 0.5

  /// Records it where a hollow is not inside of its object.
  func checkCavity(of object: ObjectModel) {
    guard let cavity = object.body.cavity else { return }
    // What is drawn bounds it: the solids are made around the hollow.
    let points = object.drawnPoints
    let outline = ConvexPolygon(hullOf: points.map(\.xy))
    guard cavity.footprint.allSatisfy({ outline.contains($0, margin: 1e-6) }) else {
      return complain(
        "the hollow sticks out of the object", mend: "make it smaller than the outline")
    }
    let top = points.map(\.z).max()
    guard let top, cavity.rim <= top + 0.005 else {
      return complain(
        "the rim (\(cavity.rim)) is above the object's top (\(top ?? 0))", mend: "lower it")
    }
  }

  /// Records it where a hand that closes at the grasp point would close on nothing.
  func checkGrasp(of object: ObjectModel) {
    let point = object.body.graspPoint
    guard object.outline.contains(point.xy, margin: 0.002), point.z > 0, point.z <= object.top
    else {
      return complain(
        "there is nothing to hold at \(point.x), \(point.y), \(point.z)",
        mend: "choose a point inside of the object, at most \(object.top) m high")
    }
  }

  func words() throws -> ObjectWords {
    let entries = try mapping(knownKeys: [
      "noun", "plural", "phrase", "variants", "unseen", "color",
    ])
    func phrase(_ name: String, default fallback: String) -> String {
      entries.readIfPresent(name, default: fallback) { try $0.text(atMost: TextLimits.phrase) }
    }
    let noun = entries.read("noun", or: "…") { try $0.text(atMost: TextLimits.phrase) }
    let words = ObjectWords(
      noun: noun, plural: phrase("plural", default: noun + "s"),
      phrase: phrase("phrase", default: noun),
      variants: entries.readIfPresent("variants", default: []) { try $0.phrases() },
      unseen: entries.readIfPresent("unseen", default: []) { try $0.phrases() },
      color: entries.read("color", or: "gray") {
        try $0.name(among: ObjectWords.colorNames, what: "color class")
      }, place: place)
    let seen = Set([words.phrase] + words.variants)
    if let known = words.unseen.first(where: seen.contains) {
      entries["unseen"]?.complain(
        "'\(known)' is no unseen name: it is the `phrase` or one of the `variants`",
        mend: "remove it from one of the lists")
    }
    return words
  }
}

extension ObjectWords {
  /// Stands in for words that could not be read.
  static let unknown = ObjectWords(
    noun: "…", plural: "…", phrase: "…", variants: [], unseen: [], color: "gray")
}

extension BodyModel {
  /// Stands in for a body that could not be read: a cube of 2 cm.
  static let standIn = BodyModel(
    name: "…",
    prisms: [
      Prism(
        footprint: ConvexPolygon.rectangle(size: Vector2(0.02, 0.02)).vertices, bottom: 0, top: 0.02
      )
    ],
    centerOfMass: Vector3(0, 0, 0.01))
}
