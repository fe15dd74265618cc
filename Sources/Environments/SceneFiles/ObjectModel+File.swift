import Foundation
import Geometry
import Rendering
import Simulation
import StrictYAML

extension ObjectModel {
  /// How many corners the footprint of a prism may have: more cost time and gain no millimetre.
  private static let footprintCorners = 16

  /// The object that a file of `Scenes/objects` describes.
  init(_ file: YAMLValue) throws {
    let entries = try file.mapping(knownKeys: [
      "name", "words", "materials", "parts", "contact", "cavity", "grasp", "graspable", "fixed",
    ])
    let name = try entries.required("name").string()
    let materials = try entries["materials"]?.materials() ?? [:]
    let partList = try entries.required("parts")
    let parts = try partList.list().map { try $0.part(materials: materials) }
    guard !parts.isEmpty else {
      throw partList.error("the object has no parts", mend: "give it at least one drawn part")
    }
    let cavity = try entries["cavity"]?.cavity()
    let prisms: [Prism]
    if let contact = entries["contact"] {
      prisms = try contact.list().map { try $0.prism() }
    } else {
      let solid = try partList.list().map { try $0.isSolidPart() }
      prisms = Self.prisms(around: zip(parts, solid).filter(\.1).map(\.0), cavity: cavity)
    }
    let bottom = prisms.map(\.bottom).min() ?? 0
    guard abs(bottom) < 0.002 else {
      throw file.error(
        "the object's lowest point is at z = \(bottom)",
        mend: "move its parts so that it rests on z = 0")
    }
    let top = prisms.map(\.top).max() ?? 0
    let graspPoint = try entries["grasp"]?.vector3() ?? Vector3(0, 0, Self.graspHeight(top: top))
    self.init(
      name: name, words: try entries.required("words").words(), parts: parts,
      body: BodyModel(
        name: name, prisms: prisms, cavity: cavity,
        isFixed: try entries.boolean("fixed", default: false),
        isGraspable: try entries.boolean("graspable", default: true),
        centerOfMass: Vector3(0, 0, top / 2), graspPoint: graspPoint))
  }

  /// The object with what follows from its solid parts.
  init(name: String, words: ObjectWords, parts: [Part], body: BodyModel) {
    self.name = name
    self.words = words
    self.parts = parts
    self.body = body
    outline = ConvexPolygon(hullOf: body.prisms.flatMap(\.footprint))
    (closingAngles, graspWidth) = Self.closing(of: outline)
  }

  /// Fingertips close at two thirds of the height, but no more than 2 cm below the top.
  private static func graspHeight(top: Double) -> Double { max(top * 0.5, top - 0.02) }

  /// One prism around everything that is drawn, or walls and a floor where there is a hollow.
  static func prisms(around parts: [Part], cavity: Cavity?) -> [Prism] {
    let points = parts.flatMap { part in
      part.shape.surfacePoints.map { part.bodyFromShape * $0 }
    }
    let heights = points.map(\.z)
    guard let low = heights.min(), let high = heights.max() else { return [] }
    let outer = ConvexPolygon(hullOf: points.map(\.xy)).simplified(toCorners: footprintCorners)
    guard let cavity else {
      return [Prism(footprint: outer.vertices, bottom: low, top: high)]
    }
    let inner = cavity.footprint
    let floor = Prism(footprint: outer.vertices, bottom: low, top: cavity.floor)
    let walls = inner.indices.map { index in
      let (a, b) = (inner[index], inner[(index + 1) % inner.count])
      return Prism(
        footprint: [
          a, outer.boundary(along: a.normalized), outer.boundary(along: b.normalized), b,
        ],
        bottom: cavity.floor, top: cavity.rim)
    }
    return [floor] + walls
  }
}

extension YAMLValue {
  /// A footprint given by its corners or by a radius.
  fileprivate func footprint(_ entries: YAMLMapping) throws -> [Vector2] {
    if let radius = entries["radius"] {
      return ConvexPolygon.regular(sides: 12, radius: try radius.length()).vertices
    }
    let corners = try entries.required("footprint")
    let points = try corners.list().map { try $0.vector2() }
    let hull = ConvexPolygon(hullOf: points).vertices
    guard hull.count == points.count, hull.count >= 3 else {
      throw corners.error(
        "the footprint is not convex", mend: "give three corners or more that each stick out")
    }
    return hull
  }

  fileprivate func prism() throws -> Prism {
    let entries = try mapping(knownKeys: ["footprint", "radius", "bottom", "top"])
    let bottom = try entries.required("bottom").number()
    let top = try entries.required("top").number()
    guard bottom < top else {
      throw error("bottom \(bottom) is not below top \(top)", mend: "swap them")
    }
    return Prism(footprint: try footprint(entries), bottom: bottom, top: top)
  }

  fileprivate func cavity() throws -> Cavity {
    let entries = try mapping(knownKeys: ["footprint", "radius", "floor", "rim"])
    let floor = try entries.required("floor").number()
    let rim = try entries.required("rim").number()
    guard floor > 0, floor < rim else {
      throw error(
        "floor \(floor) and rim \(rim) enclose nothing", mend: "write 0 < floor < rim")
    }
    return Cavity(footprint: try footprint(entries), floor: floor, rim: rim)
  }

  fileprivate func words() throws -> ObjectWords {
    let entries = try mapping(knownKeys: [
      "noun", "plural", "phrase", "variants", "unseen", "color",
    ])
    let noun = try entries.required("noun").string()
    let color = try entries.required("color")
    guard ObjectWords.colorNames.contains(try color.string()) else {
      throw color.error(
        "unknown color class '\(try color.string())'",
        mend: "use one of: \(ObjectWords.colorNames.joined(separator: ", "))")
    }
    return ObjectWords(
      noun: noun, plural: try entries["plural"]?.string() ?? noun + "s",
      phrase: try entries["phrase"]?.string() ?? noun, variants: try entries.strings("variants"),
      unseen: try entries.strings("unseen"), color: try color.string())
  }
}
