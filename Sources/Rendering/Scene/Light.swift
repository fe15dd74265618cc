import Geometry

/// The light of a scene: one far lamp that casts shadows, and the sky's soft light from all sides.
public struct Light: Hashable, Sendable, Codable {
  /// The way the lamp's light travels, in the world frame; any length but zero.
  public var direction: Vector3
  public var color: Color
  /// 1 lights a white surface that faces the lamp to about three quarters of full white.
  public var intensity: Double
  /// 1 lights a white surface by the sky alone to about a third of full white.
  public var ambient: Double
  public var castsShadow: Bool
  /// The ball of the world inside which shadows are cast [m]: the smaller, the sharper.
  public var shadowCenter: Vector3
  public var shadowRadius: Double
  public var shading: Shading

  public init(
    direction: Vector3 = Vector3(-0.45, 0.3, -1), color: Color = Color(1, 0.97, 0.92),
    intensity: Double = 1, ambient: Double = 1, castsShadow: Bool = true,
    shadowCenter: Vector3 = Vector3(0, 0, 0.1), shadowRadius: Double = 0.6,
    shading: Shading = .plain
  ) {
    self.direction = direction
    self.color = color
    self.intensity = intensity
    self.ambient = ambient
    self.castsShadow = castsShadow
    self.shadowCenter = shadowCenter
    self.shadowRadius = shadowRadius
    self.shading = shading
  }

  private enum CodingKeys: String, CodingKey {
    case direction, color, intensity, ambient, castsShadow, shadowCenter, shadowRadius, shading
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      direction: try values.decode(Vector3.self, forKey: .direction),
      color: try values.decode(Color.self, forKey: .color),
      intensity: try values.decode(Double.self, forKey: .intensity),
      ambient: try values.decode(Double.self, forKey: .ambient),
      castsShadow: try values.decode(Bool.self, forKey: .castsShadow),
      shadowCenter: try values.decode(Vector3.self, forKey: .shadowCenter),
      shadowRadius: try values.decode(Double.self, forKey: .shadowRadius),
      shading: try values.decodeIfPresent(Shading.self, forKey: .shading) ?? .plain)
  }

  /// Plain shading is left out, so that what scenes of plain shading are known by stays what it was.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(direction, forKey: .direction)
    try values.encode(color, forKey: .color)
    try values.encode(intensity, forKey: .intensity)
    try values.encode(ambient, forKey: .ambient)
    try values.encode(castsShadow, forKey: .castsShadow)
    try values.encode(shadowCenter, forKey: .shadowCenter)
    try values.encode(shadowRadius, forKey: .shadowRadius)
    if shading != .plain { try values.encode(shading, forKey: .shading) }
  }
}

/// What is seen where nothing stands: two colors, mixed from the top of the image to its bottom.
public struct Background: Hashable, Sendable, Codable {
  public var top: Color
  public var bottom: Color

  public init(top: Color, bottom: Color) {
    self.top = top
    self.bottom = bottom
  }

  /// One color all over.
  public init(_ color: Color) { self.init(top: color, bottom: color) }
}
