/// The shaders' texts, without their first line and the definitions that choose a variant.
enum Shaders {
  /// What the variants of the scene's shader are defined by.
  ///
  /// - `PER_PIXEL`: light is worked out at every pixel rather than at corners.
  /// - `PATTERNED`: materials may have patterns.
  /// - `LAYERS`: two images, without the lamp and with it, both without shadows.
  /// - `SOFT`: shadows have edges of three texels rather than two.
  /// - `PENUMBRA`: shadows have edges of seven texels.
  /// - `SKY_AT_PIXELS`: neighbours keep the sky's light away, looked up at every pixel.
  /// - `SKY_AT_CORNERS`: the same, looked up at corners.
  /// - `EXACT_SRGB`: pixels are encoded as displays expect, rather than by the square root that
  ///   images are averaged from.
  /// - `TILED`: many views at once, as tiles of a sheet: what a view is told is read from a `TileTable`.
  struct Options: OptionSet, Hashable {
    let rawValue: Int

    static let perPixel = Options(rawValue: 1 << 0)
    static let patterned = Options(rawValue: 1 << 1)
    static let layers = Options(rawValue: 1 << 2)
    static let soft = Options(rawValue: 1 << 3)
    static let penumbra = Options(rawValue: 1 << 4)
    static let skyAtPixels = Options(rawValue: 1 << 5)
    static let skyAtCorners = Options(rawValue: 1 << 6)
    static let exactSRGB = Options(rawValue: 1 << 7)
    static let tiled = Options(rawValue: 1 << 8)

    fileprivate static let definitions: [(option: Options, name: String)] = [
      (.perPixel, "PER_PIXEL"), (.patterned, "PATTERNED"), (.layers, "LAYERS"), (.soft, "SOFT"),
      (.penumbra, "PENUMBRA"), (.skyAtPixels, "SKY_AT_PIXELS"),
      (.skyAtCorners, "SKY_AT_CORNERS"), (.exactSRGB, "EXACT_SRGB"), (.tiled, "TILED"),
    ]
  }

  /// A shader's text with its variant's definitions in front.
  static func text(_ source: String, _ options: Options) -> String {
    Options.definitions.filter { options.contains($0.option) }.map { "#define \($0.name)\n" }
      .joined() + source
  }

  static let encoding = """
    #ifdef EXACT_SRGB
    vec4 encoded(vec3 c) {
      c = clamp(c, 0.0, 1.0);
      vec3 curve = 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055;
      return vec4(mix(curve, 12.92 * c, lessThan(c, vec3(0.0031308))), 1.0);
    }
    #else
    vec4 encoded(vec3 c) { return vec4(sqrt(c), 1.0); }
    #endif

    """

  /// Where in the shadow map a static pixel is looked up.
  static let shadowPlaceFragment = """
    in vec3 vShadow;
    layout(location = 0) out vec4 place;
    #ifdef SKY_AT_PIXELS
    in vec3 vSky;
    layout(location = 1) out vec4 skyPlace;
    #endif
    void main() {
      place = vec4(vShadow, 1.0);
      #ifdef SKY_AT_PIXELS
      skyPlace = vec4(vSky, 1.0);
      #endif
    }
    """

  /// Position only: shadow maps and labels.
  static let positionVertex =
    tiles + placedInTiles + """
      layout(location = 0) in vec3 position;
      #ifdef TILED
      uniform int depthView;
      uniform float inside;
      void main() {
        int tile = placedTile();
        vec4 world = placedMatrix() * vec4(position, 1.0);
        gl_Position = limited(toldMatrix(tile, depthView) * world, tile, inside);
      }
      #else
      uniform mat4 clipFromModel;
      void main() { gl_Position = clipFromModel * vec4(position, 1.0); }
      #endif
      """

  static let nothingFragment = "void main() {}"

  static let labelFragment = """
    uniform vec2 label;
    out vec4 pixel;
    void main() { pixel = vec4(label, 0.0, 1.0); }
    """

  /// Tiles of two by two samples a pixel as finished images one below the other, three bytes a pixel: a texel of the output
  /// holds four of an image's bytes. Samples are roots of light; their mean is encoded as sRGB.
  static let packingFragment = """
    uniform sampler2D samples;
    uniform int imageWidth;
    uniform int imageHeight;
    uniform int columns;
    out vec4 bytes;

    float root(ivec2 place, int component) {
      vec4 texel = texelFetch(samples, place, 0);
      return component == 0 ? texel.r : component == 1 ? texel.g : texel.b;
    }

    float encodedByte(ivec2 tile, int row, int byteIndex) {
      ivec2 place = tile + 2 * ivec2(byteIndex / 3, row);
      int component = byteIndex % 3;
      float a = root(place, component), b = root(place + ivec2(1, 0), component);
      float c = root(place + ivec2(0, 1), component), d = root(place + ivec2(1, 1), component);
      float light = 0.25 * (a * a + b * b + c * c + d * d);
      return light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1.0 / 2.4) - 0.055;
    }

    void main() {
      ivec2 texel = ivec2(gl_FragCoord.xy);
      int index = texel.y / imageHeight;
      int row = texel.y - index * imageHeight;
      ivec2 tile = 2 * ivec2(imageWidth, imageHeight) * ivec2(index % columns, index / columns);
      for (int i = 0; i < 4; i++) bytes[i] = encodedByte(tile, row, 4 * texel.x + i);
    }
    """

  /// One triangle over the whole image.
  static let screenVertex = """
    out vec2 place;
    void main() {
      place = vec2((gl_VertexID & 1) * 4 - 1, (gl_VertexID & 2) * 2 - 1);
      gl_Position = vec4(place, 1.0, 1.0);
    }
    """

  /// One triangle over each tile of a sheet or the whole image, and the colors from top to bottom.
  static let backgroundVertex =
    tiles + placedInTiles + """
      out vec2 place;
      flat out vec3 vTop;
      flat out vec3 vBottom;
      PER_VIEW vec3 top;
      PER_VIEW vec3 bottom;
      void main() {
        place = vec2((gl_VertexID & 1) * 4 - 1, (gl_VertexID & 2) * 2 - 1);
        #ifdef TILED
        int vTile = gl_InstanceID;
        top = told(vTile, \(TileTable.Row.top)).xyz;
        bottom = told(vTile, \(TileTable.Row.bottom)).xyz;
        #endif
        vTop = top;
        vBottom = bottom;
        gl_Position = PLACE_IN_IMAGE(vec4(place, 1.0, 1.0));
      }
      """

  static let backgroundFragment =
    encoding + """
      in vec2 place;
      flat in vec3 vTop;
      flat in vec3 vBottom;
      layout(location = 0) out vec4 pixel;
      #ifdef LAYERS
      layout(location = 1) out vec4 litPixel;
      #endif
      void main() {
        pixel = encoded(mix(vBottom, vTop, 0.5 + 0.5 * place.y));
        #ifdef LAYERS
        litPixel = pixel;
        #endif
      }
      """
}
