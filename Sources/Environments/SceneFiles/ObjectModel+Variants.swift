import Geometry
import Rendering
import Simulation

extension ObjectModel {
  /// The same object with every length multiplied.
  func scaled(by factor: Double) -> ObjectModel {
    let parts = parts.map { part in
      Part(
        shape: part.shape.scaled(by: factor), material: part.material,
        bodyFromShape: RigidTransform(
          rotation: part.bodyFromShape.rotation,
          translation: part.bodyFromShape.translation * factor))
    }
    var body = body
    body.prisms = body.prisms.map {
      Prism(
        footprint: $0.footprint.map { $0 * factor }, bottom: $0.bottom * factor,
        top: $0.top * factor)
    }
    body.cavity = body.cavity.map {
      Cavity(
        footprint: $0.footprint.map { $0 * factor }, floor: $0.floor * factor, rim: $0.rim * factor)
    }
    body.graspPoint *= factor
    body.centerOfMass *= factor
    var result = ObjectModel(name: name, words: words, parts: parts, body: body)
    result.joint = joint
    result.filling = filling
    return result
  }

  /// The same object in another paint, mixed in by a fraction; only the part colors change.
  func recolored(to color: Color, fraction: Double) -> ObjectModel {
    var result = self
    result.parts = parts.map { part in
      var part = part
      // A part keeps its lightness relative to the object, so that shading between parts survives.
      part.material.color = part.material.color.mixed(with: color, fraction: fraction)
      part.material.secondColor = part.material.secondColor.mixed(
        with: color.mixed(with: .black, fraction: 0.2), fraction: fraction)
      return part
    }
    return result
  }
}
