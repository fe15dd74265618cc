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
      "joint", "filling",
    ])
    let name = entries.read("name", or: "…") { try $0.identifier() }
    let words = entries.read("words", or: .unknown) { try $0.words() }
    let materials = entries.readIfPresent("materials", default: [:]) { try $0.materials() }
    let parts = entries.read("parts", or: []) { try $0.parts(materials: materials) }
    let isFixed = entries.readIfPresent("fixed", default: false) { try $0.boolean() }
    let cavity = entries.readIfPresent("cavity", default: nil) { try $0.cavity(isSunk: isFixed) }
    let contact = entries.readIfPresent("contact", default: nil) { entry in
      try entry.items(.parts) { try $0.prism() }
    }
    let isGraspable = entries.readIfPresent("graspable", default: true) { try $0.boolean() }
    let grasp = entries.readIfPresent("grasp", default: nil) {
      try $0.vector3(within: .bodyCoordinate)
    }
    // What follows from the parts makes sense where they do.
    guard file.isSoundSoFar else {
      self.init(name: name, words: words, parts: parts, body: .standIn)
      return
    }
    let prisms = try contact ?? entries.required("parts").prisms(around: parts, cavity: cavity)
    let top = prisms.map(\.top).max() ?? 0
    let body = BodyModel(
      name: name, prisms: prisms, cavity: cavity, isFixed: isFixed, isGraspable: isGraspable,
      centerOfMass: Vector3(0, 0, top / 2),
      graspPoint: grasp ?? Vector3(0, 0, Self.graspHeight(top: top)))
    self.init(name: name, words: words, parts: parts, body: body)
    joint = entries.readIfPresent("joint", default: nil) { try $0.jointModel() }
    if isFixed, joint != nil {
      entries["joint"]?.complain(
        "what is `fixed` has no joint", mend: "remove one of the two")
    }
    filling = entries.readIfPresent("filling", default: nil) { try $0.filling(of: cavity) }
    entries["cavity"]?.checkCavity(of: self)
    entries["grasp"]?.checkGrasp(of: self)
    let place = entries[contact == nil ? "parts" : "contact"] ?? file
    if file.isSoundSoFar, let defect = place.defect(of: self) { place.record(defect) }
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

  /// Fingertips close at half the height, but no more than 2 cm below the top.
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
