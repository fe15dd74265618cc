/// A pattern that mixes a material's two colors over its surface.
///
/// As text, in `init(_:)` and when coded, a pattern is its name, and a picture is `picture:` and its name.
public enum Texture: Hashable, Sendable {
  case plain
  case wood, checker, stripes, dots, speckle, noise, cloth, tiles, marble, brushedMetal, bricks,
    oak, skin
  /// A printed emblem, one of `pictureNames`, that fills each face it is on.
  case picture(String)

  /// The patterns that tile any surface.
  static let tileable: [Texture] = [
    .plain, .wood, .checker, .stripes, .dots, .speckle, .noise, .cloth, .tiles, .marble,
    .brushedMetal, .bricks, .oak, .skin,
  ]

  /// The emblems there are.
  public static let pictureNames = Picture.names

  /// - Throws: `RenderingError.unknownPicture` or `.unknownTexture`, which list what there is.
  public init(_ name: String) throws {
    if name.hasPrefix("picture:") {
      self = .picture(String(name.dropFirst("picture:".count)))
      try validate()
      return
    }
    guard let texture = Texture.tileable.first(where: { $0.name == name }) else {
      throw RenderingError.unknownTexture(name)
    }
    self = texture
  }

  /// The text that `init(_:)` reads.
  public var name: String {
    if case .picture(let name) = self { "picture:\(name)" } else { "\(self)" }
  }

  func validate() throws {
    if case .picture(let name) = self, Picture(name: name) == nil {
      throw RenderingError.unknownPicture(name)
    }
  }

  /// Whether the pattern is fitted to each face rather than repeated at a given size.
  var fillsFace: Bool {
    if case .picture = self { true } else { false }
  }
}

extension Texture: Codable {
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
