import Geometry
import Rendering
import Simulation
import StrictYAML

/// A kind of cloth, such as a towel: how large it is, how it hangs and what it looks like.
public struct ClothKind: Sendable {
  public var name: String
  public var words: ObjectWords
  public var material: Material
  public var model: ClothModel

  /// What its contents are known by.
  var digest: String

  private struct Content: Encodable {
    let material: Material
    let model: ClothModel
  }
}

extension ClothKind {
  private static let sizeLimits = NumberLimits(0.04...0.6, "m")
  private static let thicknessLimits = NumberLimits(0.0005...0.01, "m")
  private static let steepnessLimits = NumberLimits(0.5...10)

  /// The cloth that a file of `Scenes/cloths` describes.
  init(_ file: YAMLValue) throws {
    let entries = try file.mapping(knownKeys: [
      "name", "words", "size", "thickness", "steepness", "material",
    ])
    let name = entries.read("name", or: "…") { try $0.identifier() }
    self.name = name
    words = entries.read("words", or: .unknown) { try $0.words() }
    material = entries.read("material", or: Material(color: .white)) { try $0.material() }
    model = ClothModel(
      name: name,
      size: entries.read("size", or: Vector2(0.1, 0.1)) {
        try $0.vector2(within: Self.sizeLimits)
      },
      thickness: entries.number("thickness", within: Self.thicknessLimits, default: 0.002),
      steepness: entries.number("steepness", within: Self.steepnessLimits, default: 2.5),
      meshes: Self.meshes)
    digest = try ContentDigest.of(Content(material: material, model: model))
  }

  /// Along its longer edge: enough for a hem that looks soft at a few hundred pixels.
  private static let meshes = 18
}
