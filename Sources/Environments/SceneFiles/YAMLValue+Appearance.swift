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
      color: entries.read("color", or: .white) { try $0.color() },
      secondColor: entries.readIfPresent("secondColor", default: nil) { try $0.color() })
    material.texture = entries.readIfPresent("texture", default: .plain) { try $0.texture() }
    material.textureScale = entries.number(
      "textureScale", within: .patternLength, default: material.textureScale)
    material.gloss = entries.number("gloss", within: .fraction, default: material.gloss)
    material.metallic = entries.number("metallic", within: .fraction, default: material.metallic)
    material.emission = entries.number("emission", within: .fraction, default: material.emission)
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

  /// Drawn parts; a mistake in one does not hide those in others.
  func parts(materials: [String: Material]) throws -> [Part] {
    try items(.parts) { try $0.part(materials: materials) }
  }

  /// A drawn part: one shape, its material, and where it sits (`at` in metres, `turn` in degrees).
  func part(materials: [String: Material]) throws -> Part {
    let entries = try mapping(knownKeys: ["shape", "material", "at", "turn", "solid"])
    _ = entries.readIfPresent("solid", default: true) { try $0.boolean() }
    let part = Part(
      shape: entries.read("shape", or: .ellipsoid(radii: Vector3(repeating: 0.01))) {
        try $0.shape()
      },
      material: entries.read("material", or: Material(color: .white)) {
        try $0.isScalar ? $0.name(of: materials) : $0.material()
      },
      bodyFromShape: RigidTransform(
        rotation: entries.readIfPresent("turn", default: .identity) { try $0.rotationInDegrees() },
        translation: entries.readIfPresent("at", default: .zero) { try $0.vector3() }))
    entries["shape"]?.read(or: nil) { try $0.drawable([part]) }
    return part
  }

  /// The material of a name under `materials`.
  private func name(of materials: [String: Material]) throws -> Material {
    let name = try string()
    guard let known = materials[name] else {
      let names = materials.keys.sorted().joined(separator: ", ")
      throw error(
        "unknown material '\(name)'", mend: "define it under `materials`, which holds: \(names)")
    }
    return known
  }

  /// Whether the part counts for contact: a leaf or a handle with `solid: false` is only drawn.
  func isSolidPart() throws -> Bool {
    try entry("solid")?.boolean() ?? true
  }

  /// Named materials, for a file whose parts share some.
  func materials() throws -> [String: Material] {
    var result: [String: Material] = [:]
    for (name, value) in try namedEntries() {
      result[name] = value.read(or: Material(color: .white)) { try $0.material() }
    }
    return result
  }
}
