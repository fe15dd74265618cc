import Foundation
import Geometry
import Rendering
import StrictYAML

extension YAMLValue {
  /// A color written as `"#rrggbb"`.
  func color() throws -> Color {
    let text = try string()
    guard text.hasPrefix("#"), text.count == 7, let hex = UInt32(text.dropFirst(), radix: 16) else {
      throw error("'\(text)' is no color", mend: "write it in quotes as \"#rrggbb\"")
    }
    return Color(hex: hex)
  }

  /// A material: `color` and what differs from plain paint.
  func material() throws -> Material {
    let entries = try mapping(knownKeys: [
      "color", "secondColor", "texture", "textureScale", "gloss", "metallic", "emission",
    ])
    var material = Material(
      color: try entries.required("color").color(),
      secondColor: try entries["secondColor"]?.color())
    if let texture = entries["texture"] { material.texture = try texture.texture() }
    if let scale = entries["textureScale"] { material.textureScale = try scale.length() }
    material.gloss = try entries.number("gloss", default: material.gloss)
    material.metallic = try entries.number("metallic", default: material.metallic)
    material.emission = try entries.number("emission", default: material.emission)
    return material
  }

  /// A pattern by name, such as `wood` or `picture:star`.
  private func texture() throws -> Texture {
    do {
      return try Texture(string())
    } catch let error as RenderingError {
      throw self.error("\(error)", mend: "name one of those")
    }
  }

  /// The drawn form of parts that this entry describes.
  func drawable(_ parts: [Part]) throws -> Model {
    do {
      return try Model(parts: parts)
    } catch let error as RenderingError {
      throw self.error("\(error)", mend: "mend the part")
    }
  }

  /// A drawn part: one shape, its material, and where it sits (`at` in metres, `turn` in degrees).
  func part(materials: [String: Material]) throws -> Part {
    let entries = try mapping(knownKeys: ["shape", "material", "at", "turn", "solid"])
    let materialEntry = try entries.required("material")
    let material: Material
    if materialEntry.isScalar {
      let name = try materialEntry.string()
      guard let known = materials[name] else {
        throw materialEntry.error(
          "unknown material '\(name)'",
          mend:
            "define it under `materials`, which holds: \(materials.keys.sorted().joined(separator: ", "))"
        )
      }
      material = known
    } else {
      material = try materialEntry.material()
    }
    return Part(
      shape: try entries.required("shape").shape(), material: material,
      bodyFromShape: RigidTransform(
        rotation: try entries["turn"]?.rotationInDegrees() ?? .identity,
        translation: try entries["at"]?.vector3() ?? .zero))
  }

  /// Whether the part counts for contact: a leaf or a handle with `solid: false` is only drawn.
  func isSolidPart() throws -> Bool {
    try entry("solid")?.boolean() ?? true
  }

  /// Named materials, for a file whose parts share some.
  func materials() throws -> [String: Material] {
    var result: [String: Material] = [:]
    for (name, value) in try namedEntries() { result[name] = try value.material() }
    return result
  }
}
