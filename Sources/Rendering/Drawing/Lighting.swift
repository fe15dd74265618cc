import Geometry

/// A light worked out for the shaders.
struct Lighting {
  let castsShadow: Bool
  /// What the lamp sees of the ball in which shadows are cast.
  let lampView: DepthView
  /// What the sky right above sees of it; nil where the sky lights everything alike.
  let skyView: DepthView?
  /// How much farther a depth is a meter farther from the lamp or the sky, of 1.
  private let depthPerMeter: Double
  private let toLamp: Vector3
  private let lamp: SIMD3<Float>
  private let sky: SIMD3<Float>
  private let ground: SIMD3<Float>

  private let shadowSize: Int

  /// The sky is soft: its map can be coarser than the lamp's.
  static let shadowTexelsPerSkyTexel = 2

  init(_ light: Light, shadowSize: Int) {
    self.shadowSize = shadowSize
    castsShadow = light.castsShadow
    let direction = light.direction.normalized
    toLamp = direction == .zero ? .unitZ : -direction
    let up = abs(toLamp.y) < 0.9 ? Vector3.unitY : Vector3.unitX
    let right = up.cross(toLamp).normalized
    let radius = max(light.shadowRadius, 1e-3)
    let worldFromLamp = RigidTransform(
      rotation: Rotation(columns: right, toLamp.cross(right), toLamp),
      translation: light.shadowCenter)
    lampView = DepthView(worldFromView: worldFromLamp, radius: radius, size: shadowSize)
    skyView =
      light.shading == .soft
      ? DepthView(
        worldFromView: RigidTransform(translation: light.shadowCenter), radius: radius,
        size: shadowSize / Self.shadowTexelsPerSkyTexel) : nil
    depthPerMeter = 1 / (2 * DepthView.depthInRadii * radius)
    let tint = light.color.linear
    lamp = tint * Float(0.75 * light.intensity)
    // The sky is a little bluer than the lamp; what bounces off the table is a little warmer.
    sky = (0.6 * tint + 0.4) * SIMD3(0.34, 0.36, 0.39) * Float(light.ambient)
    ground = (0.6 * tint + 0.4) * SIMD3(0.2, 0.18, 0.16) * Float(light.ambient)
  }

  /// How far above its surface a point is looked up in the maps [m].
  ///
  /// Corners are cut by up to a few millimeters, which must not shade the curve that they stand for; a
  /// penumbra's taps reach farther down a slope.
  var shadowOffset: Float {
    Float(
      skyView == nil
        ? max(1 / lampView.pixelsPerMeter, 0.004) : max(2.5 / lampView.pixelsPerMeter, 0.008))
  }

  /// What shaders are told of the light, and how they look it up.
  struct Told {
    let toLamp: SIMD3<Float>
    let lamp: SIMD3<Float>
    let sky: SIMD3<Float>
    let ground: SIMD3<Float>
    /// Distances of taps, of the map's side.
    let shadowTap: Float
    let penumbraStep: Float
    let skyRadius: Float
    /// How much the sky's taps rise with their length, in depths of the map.
    let skyRise: Float
  }

  /// - Parameter columns: sides of the atlas that holds the map [maps].
  func told(columns: Int = 1) -> Told {
    let texel = 1 / Double(shadowSize * columns)
    let skyTexel = texel * Double(Self.shadowTexelsPerSkyTexel)
    return Told(
      toLamp: SIMD3<Float>(toLamp), lamp: lamp, sky: sky, ground: ground,
      shadowTap: Float((skyView == nil ? 0.5 : 1.25) * texel),
      penumbraStep: Float(ShadowKernel.penumbraStep * texel),
      skyRadius: Float(skyRadiusInTexels * skyTexel), skyRise: Float(SkyTaps.rise * depthPerMeter))
  }

  func apply(to program: ShaderProgram) {
    let told = told()
    program.set(.shadowFromWorld, lampView.clipFromWorld)
    program.set(.shadowOffset, shadowOffset)
    program.set(.shadowTap, told.shadowTap)
    program.set(.penumbraStep, told.penumbraStep)
    if let skyView {
      program.set(.skyFromWorld, skyView.clipFromWorld)
      program.set(.skyReach, Float(SkyTaps.radius))
      program.set(.skyRadius, told.skyRadius)
      program.set(.skyRise, told.skyRise)
    }
    program.set(.toLamp, told.toLamp)
    program.set(.lamp, told.lamp)
    program.set(.sky, told.sky)
    program.set(.ground, told.ground)
  }

  /// The variants of the scene's shader for what never moves, drawn all at once.
  var staticOptions: Shaders.Options {
    skyView == nil ? [.perPixel, .soft] : [.perPixel, .penumbra, .skyAtPixels]
  }

  /// The variants of the scene's shader for what moves.
  ///
  /// The sky is looked up at corners there: things are small and their corners near to each other.
  var movingOptions: Shaders.Options {
    skyView == nil ? [] : [.perPixel, .skyAtCorners]
  }

  /// Drops of depth at the sky's taps, of 65535.
  var skyDrops: [Int] {
    SkyTaps.all.map { tap in Int((tap.length * SkyTaps.rise * depthPerMeter * 65535).rounded()) }
  }

  /// The radius of the sky's taps [texels]; 0 where the sky lights everything alike.
  var skyRadiusInTexels: Double { SkyTaps.radius * (skyView?.pixelsPerMeter ?? 0) }
}

/// A parallel view along which depths are drawn: the lamp's, or the sky's from right above.
struct DepthView {
  /// Clip coordinates of the map from the world's.
  let clipFromWorld: Matrix4
  let pixelsPerMeter: Double

  /// Half the depth, in radii: what stands nearer to the lamp than the ball still casts.
  static let depthInRadii = 3.0

  /// - Parameters:
  ///   - worldFromView: a frame whose z points towards the light.
  ///   - radius: of the ball that the map covers [m].
  ///   - size: side of the map [texels].
  init(worldFromView: RigidTransform, radius: Double, size: Int) {
    clipFromWorld =
      Matrix4(orthographicHalfSize: radius, depth: Self.depthInRadii * radius)
      * Matrix4(worldFromView.inverse)
    pixelsPerMeter = Double(size) / (2 * radius)
  }
}
