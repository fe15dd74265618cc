extension Shaders {
  /// The light's answer, shared by corners and pixels: hemispheric sky, Lambert's cosine, Blinn's
  /// highlight, and a rim after Schlick's approximation of Fresnel's law.
  private static let light = """
    PER_VIEW vec3 toLamp;
    PER_VIEW vec3 lamp;
    PER_VIEW vec3 sky;
    PER_VIEW vec3 ground;

    #ifdef TILED
    void readLight(int tile) {
      toLamp = told(tile, \(TileTable.Row.lamp)).xyz;
      lamp = told(tile, \(TileTable.Row.lampColor)).xyz;
      sky = told(tile, \(TileTable.Row.skyColor)).xyz;
      ground = told(tile, \(TileTable.Row.ground)).xyz;
    }
    #endif

    // How a surface with this normal, seen from there, answers the light:
    // how much it faces the sky, the lamp, the lamp's mirror image, and its surroundings'.
    vec4 answer(vec3 normal, vec3 toEye, vec4 finish) {
      vec3 n = normalize(normal);
      vec3 v = normalize(toEye);
      float facing = max(dot(n, toLamp), 0.0);
      float shine = finish.x * pow(max(dot(n, normalize(toLamp + v)), 0.0), finish.y);
      float grazing = 1.0 - max(dot(n, v), 0.0);
      float rim = grazing * grazing * grazing * grazing;
      float mirror = finish.x * (0.15 + 0.85 * finish.z) * (0.25 + rim);
      return vec4(0.5 + 0.5 * n.z, facing, 2.0 * facing * shine, mirror);
    }

    // The light that a surface sends back without the lamp, and what the lamp adds.
    void shade(vec3 albedo, vec4 answer, vec4 finish, out vec3 unlit, out vec3 lampPart) {
      float metallic = finish.z;
      float emission = finish.w;
      // Metal mirrors in its own color.
      vec3 tint = mix(vec3(1.0), albedo, metallic);
      vec3 body = albedo * (1.0 - 0.5 * metallic);
      unlit = mix(
        body * mix(ground, sky, answer.x) + tint * sky * answer.w, albedo, emission);
      lampPart = (body * answer.y + tint * answer.z) * lamp * (1.0 - emission);
    }

    """

  /// How much of the sky's light reaches a place of the map that the sky sees.
  private static var sky: String {
    let taps = SkyTaps.all.map { "vec2(\($0.x), \($0.y))" }.joined(separator: ", ")
    let count = SkyTaps.count
    return """
      #if defined(SKY_AT_PIXELS) || defined(SKY_AT_CORNERS)
      uniform sampler2DShadow skyDepths;
      PER_VIEW float skyRadius;
      PER_VIEW float skyRise;
      #ifdef TILED
      vec2 skyLeast;
      vec2 skyGreatest;

      void readSky(int tile) {
        skyRadius = told(tile, \(TileTable.Row.ground)).w;
        skyRise = told(tile, \(TileTable.Row.skyRise)).x;
        vec4 bounds = told(tile, \(TileTable.Row.skyBounds));
        skyLeast = bounds.xy;
        skyGreatest = bounds.zw;
      }
      #endif
      const vec2 skyTaps[\(count)] = vec2[\(count)](\(taps));

      float skySeen(vec3 place) {
        float open = 0.0;
        for (int i = 0; i < \(count); i++) {
          vec2 tap = place.xy + skyRadius * skyTaps[i];
          #ifdef TILED
          tap = clamp(tap, skyLeast, skyGreatest);
          #endif
          open += textureLod(skyDepths, vec3(tap, place.z - skyRise * length(skyTaps[i])), 0.0);
        }
        return 1.0 - \(SkyTaps.strength) * (1.0 - open / \(count).0);
      }
      #endif

      """
  }

  /// What goes from the scene's corners to its pixels, by variant.
  ///
  /// Light worked out at corners runs evenly over the screen rather than over the surface: at the
  /// size of such triangles nobody sees the difference, and it is cheaper.
  private static func passed(_ direction: String) -> String {
    """
    \(direction) vec3 vShadow;
    #ifdef TILED
    flat \(direction) int vTile;
    #endif
    #if defined(SKY_AT_PIXELS)
    \(direction) vec3 vSky;
    #elif defined(SKY_AT_CORNERS)
    \(direction) float vSkySeen;
    #endif
    #if defined(PATTERNED) || defined(PER_PIXEL)
    flat \(direction) vec3 vColor;
    flat \(direction) vec4 vFinish;  // highlight strength, highlight exponent, metallic, emission
    #endif
    #ifdef PATTERNED
    \(direction) vec3 vPattern;
    flat \(direction) vec3 vSecondColor;
    #endif
    #if defined(PER_PIXEL)
    \(direction) vec3 vNormal;
    \(direction) vec3 vToEye;
    #elif defined(PATTERNED)
    noperspective \(direction) vec4 vAnswer;
    #else
    noperspective \(direction) vec3 vUnlit;
    noperspective \(direction) vec3 vLampPart;
    #endif

    """
  }

  static let sceneVertex =
    tiles + light + sky + passed("out") + placedInTiles + """
      layout(location = 0) in vec3 position;
      layout(location = 1) in vec4 normal;
      layout(location = 2) in vec2 pattern;
      layout(location = 3) in vec4 color;
      layout(location = 4) in vec4 secondColor;
      layout(location = 5) in vec4 surface;
      PER_VIEW mat4 worldFromModel;
      PER_VIEW mat4 clipFromWorld;
      PER_VIEW mat4 shadowFromWorld;
      PER_VIEW vec3 eye;
      PER_VIEW float shadowOffset;
      #if defined(SKY_AT_PIXELS) || defined(SKY_AT_CORNERS)
      PER_VIEW mat4 skyFromWorld;
      PER_VIEW float skyReach;
      #endif

      #ifdef TILED
      void readTile() {
        worldFromModel = placedMatrix();
        clipFromWorld = toldMatrix(vTile, \(TileTable.Row.view));
        shadowFromWorld = toldMatrix(vTile, \(TileTable.Row.lampView));
        vec4 eyeAndOffset = told(vTile, \(TileTable.Row.eye));
        eye = eyeAndOffset.xyz;
        shadowOffset = eyeAndOffset.w;
        readLight(vTile);
        #if defined(SKY_AT_PIXELS) || defined(SKY_AT_CORNERS)
        skyFromWorld = toldMatrix(vTile, \(TileTable.Row.skyView));
        skyReach = told(vTile, \(TileTable.Row.skyColor)).w;
        readSky(vTile);
        #endif
      }
      #endif

      // sRGB decoded; within 1/1000 of the standard's curve.
      vec3 linear(vec3 c) { return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878); }

      void main() {
        #ifdef TILED
        vTile = placedTile();
        readTile();
        #endif
        vec3 world = (worldFromModel * vec4(position, 1.0)).xyz;
        vec3 worldNormal = mat3(worldFromModel) * normal.xyz;
        vec3 toEye = eye - world;
        vec3 albedo = linear(color.rgb);
        float gloss = surface.y;
        vec4 finish = vec4(
          gloss * gloss * 0.9, exp2(2.0 + 6.0 * gloss), secondColor.a, color.a);
        #if defined(PATTERNED) || defined(PER_PIXEL)
        vColor = albedo;
        vFinish = finish;
        #endif
        #ifdef PATTERNED
        vPattern = vec3(pattern, floor(surface.x * 255.0 + 0.5));
        vSecondColor = linear(secondColor.rgb);
        #endif
        #if defined(PER_PIXEL)
        vNormal = worldNormal;
        vToEye = toEye;
        #elif defined(PATTERNED)
        vAnswer = answer(worldNormal, toEye, finish);
        #else
        shade(albedo, answer(worldNormal, toEye, finish), finish, vUnlit, vLampPart);
        #endif
        // A point is looked up a little above its surface, so that no surface shades itself.
        vec3 above = world + worldNormal * shadowOffset;
        vShadow = PLACE_IN_MAP(shadowFromWorld * vec4(above, 1.0)).xyz * 0.5 + 0.5;
        #if defined(SKY_AT_PIXELS) || defined(SKY_AT_CORNERS)
        // A wall looks for the sky in front of it: that half of it lies behind, its normal says already.
        vec3 before = above + skyReach * vec3(worldNormal.xy, 0.0);
        vec3 skyPlace = PLACE_IN_MAP(skyFromWorld * vec4(before, 1.0)).xyz * 0.5 + 0.5;
        #ifdef SKY_AT_PIXELS
        vSky = skyPlace;
        #else
        // What looks down on a table nearby sees its own shadow there.
        float below = 0.5 - 0.5 * worldNormal.z;
        float nearby = 1.0 - smoothstep(0.0, 0.05, world.z);
        vSkySeen = skySeen(skyPlace) * (1.0 - 0.5 * below * nearby);
        #endif
        #endif
        gl_Position = PLACE_IN_IMAGE(clipFromWorld * vec4(world, 1.0));
      }
      """

  static let sceneFragment =
    tiles + light + sky + encoding + passed("in") + """
      #ifdef PATTERNED
      uniform sampler2DArray patterns;
      #endif
      uniform sampler2DShadow shadows;
      PER_VIEW float shadowTap;
      PER_VIEW float penumbraStep;
      #ifdef TILED
      vec2 shadowLeast;
      vec2 shadowGreatest;

      void readTile() {
        readLight(vTile);
        shadowTap = told(vTile, \(TileTable.Row.lamp)).w;
        penumbraStep = told(vTile, \(TileTable.Row.lampColor)).w;
        vec4 bounds = told(vTile, \(TileTable.Row.lampBounds));
        shadowLeast = bounds.xy;
        shadowGreatest = bounds.zw;
        #if defined(SKY_AT_PIXELS)
        readSky(vTile);
        #endif
      }
      #endif
      layout(location = 0) out vec4 pixel;
      #ifdef LAYERS
      layout(location = 1) out vec4 litPixel;
      #endif

      float lit() {
        #ifdef TILED
        // Past a tile's empty edge there is light, as past a map's, and not the next tile.
        vec3 shadowPlace = vec3(clamp(vShadow.xy, shadowLeast, shadowGreatest), vShadow.z);
        #else
        vec3 shadowPlace = vShadow;
        #endif
        #if defined(PENUMBRA)
        float seen = 0.0;
        for (int j = 0; j < 4; j++)
          for (int i = 0; i < 4; i++)
            seen += texture(shadows, shadowPlace + vec3(penumbraStep * (vec2(i, j) - 1.5), 0.0));
        return seen / 16.0;
        #elif defined(SOFT)
        vec2 d = vec2(shadowTap, -shadowTap);
        return 0.25 * (
          texture(shadows, shadowPlace + vec3(d.xx, 0)) + texture(shadows, shadowPlace + vec3(d.xy, 0))
          + texture(shadows, shadowPlace + vec3(d.yx, 0)) + texture(shadows, shadowPlace + vec3(d.yy, 0)));
        #else
        return texture(shadows, shadowPlace);
        #endif
      }

      void main() {
        #ifdef TILED
        readTile();
        #endif
        #if defined(PATTERNED) || defined(PER_PIXEL)
        vec3 albedo = vColor;
        #ifdef PATTERNED
        vec2 p = texture(patterns, vPattern).rg;
        albedo = mix(albedo, vSecondColor, p.r) * (2.0 * p.g);
        #endif
        #ifdef PER_PIXEL
        vec4 a = answer(vNormal, vToEye, vFinish);
        #else
        vec4 a = vAnswer;
        #endif
        vec3 unlit, lampPart;
        shade(albedo, a, vFinish, unlit, lampPart);
        #else
        vec3 unlit = vUnlit;
        vec3 lampPart = vLampPart;
        #endif
        #if defined(SKY_AT_PIXELS)
        unlit *= skySeen(vSky);
        #elif defined(SKY_AT_CORNERS)
        unlit *= vSkySeen;
        #endif
        #ifdef LAYERS
        pixel = encoded(unlit);
        litPixel = encoded(unlit + lampPart);
        #else
        pixel = encoded(unlit + lampPart * lit());
        #endif
      }
      """
}
