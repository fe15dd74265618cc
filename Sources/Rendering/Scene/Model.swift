import Geometry

/// One solid of a drawn thing: a shape, its material, and where it sits in the thing's own frame.
public struct Part: Hashable, Sendable, Codable {
  public var shape: Shape
  public var material: Material
  public var bodyFromShape: RigidTransform

  public init(shape: Shape, material: Material, bodyFromShape: RigidTransform = .identity) {
    self.shape = shape
    self.material = material
    self.bodyFromShape = bodyFromShape
  }
}

/// The looks of one drawn thing, made once and shown by any number of instances.
///
/// A class, because renderers keep a model's triangles by its identity: make one per kind of thing
/// and keep it, rather than one a frame.
public final class Model: Sendable {
  public let parts: [Part]
  /// The center of a ball around the model, in its own frame [m].
  let center: Vector3
  /// The radius of that ball [m].
  let radius: Double

  /// Whether it is shown in a picture or two and then never again, as a hanging cloth is.
  let isFleeting: Bool

  /// Whether any of its materials has a pattern.
  let isPatterned: Bool

  /// - Parameter isFleeting: whether renderers may forget its triangles soon.
  /// - Throws: `RenderingError.invalidShape` for a shape that bounds nothing (a negative radius, a
  ///   polygon of two corners), `RenderingError.unknownPicture` for a picture nobody has drawn.
  public init(parts: [Part], isFleeting: Bool = false) throws {
    var low = Vector3(repeating: .infinity)
    var high = -low
    for part in parts {
      try part.shape.validate()
      try part.material.texture.validate()
      let mesh = Mesh(tessellating: part.shape, pixelsPerMeter: 200)
      for vertex in mesh.vertices {
        let point = part.bodyFromShape * Vector3(vertex.position)
        low = pointwiseMin(low, point)
        high = pointwiseMax(high, point)
      }
    }
    self.parts = parts
    self.isFleeting = isFleeting
    isPatterned = parts.contains { $0.material.texture != .plain }
    center = parts.isEmpty ? .zero : (low + high) / 2
    radius = parts.isEmpty ? 0 : (high - low).length / 2
  }
}

/// A model put somewhere.
public struct Instance: Sendable {
  public var model: Model
  public var worldFromModel: RigidTransform
  /// What `renderLabels` writes where the instance is seen; 0 is the background's.
  public var label: UInt16
  /// Whether it keeps the lamp's light from what lies behind; walls and backdrops had better not.
  public var castsShadow: Bool

  public init(
    model: Model, worldFromModel: RigidTransform = .identity, label: UInt16 = 0,
    castsShadow: Bool = true
  ) {
    self.castsShadow = castsShadow
    self.model = model
    self.worldFromModel = worldFromModel
    self.label = label
  }
}
