import Geometry

/// A light worked out for the shaders.
struct Lighting {
  let castsShadow: Bool
  /// Clip coordinates of the shadow map from the world's.
  let shadowFromWorld: Matrix4
  let shadowPixelsPerMeter: Double
  private let toLamp: Vector3
  private let lamp: SIMD3<Float>
  private let sky: SIMD3<Float>
  private let ground: SIMD3<Float>

  private let shadowSize: Int

  init(_ light: Light, shadowSize: Int) {
    self.shadowSize = shadowSize
    castsShadow = light.castsShadow
    let direction = light.direction.normalized
    toLamp = direction == .zero ? .unitZ : -direction
    let up = abs(toLamp.y) < 0.9 ? Vector3.unitY : Vector3.unitX
    let right = up.cross(toLamp).normalized
    let worldFromLamp = RigidTransform(
      rotation: Rotation(columns: right, toLamp.cross(right), toLamp),
      translation: light.shadowCenter)
    let radius = max(light.shadowRadius, 1e-3)
    // Three times as deep as wide: what stands nearer to the lamp than the ball still casts.
    shadowFromWorld =
      Matrix4(orthographicHalfSize: radius, depth: 3 * radius) * Matrix4(worldFromLamp.inverse)
    shadowPixelsPerMeter = Double(shadowSize) / (2 * radius)
    let tint = light.color.linear
    lamp = tint * Float(0.75 * light.intensity)
    // The sky is a little bluer than the lamp; what bounces off the table is a little warmer.
    sky = (0.6 * tint + 0.4) * SIMD3(0.34, 0.36, 0.39) * Float(light.ambient)
    ground = (0.6 * tint + 0.4) * SIMD3(0.2, 0.18, 0.16) * Float(light.ambient)
  }

  /// - Parameter tile: the place of the shadow map in an atlas.
  func apply(
    to program: ShaderProgram, tile: ShadowTile = ShadowTile(index: 0, columns: 1)
  ) {
    if tile.columns == 1 {
      program.set("shadowFromWorld", shadowFromWorld)
    } else {
      program.set("shadowFromWorld", tile.clipFromOwnClip * shadowFromWorld)
      let bounds = tile.bounds(size: shadowSize)
      program.set("shadowLeast", bounds.least)
      program.set("shadowGreatest", bounds.greatest)
    }
    // Corners are cut by up to a few millimeters, which must not shade the curve that they stand for.
    program.set("shadowOffset", Float(max(1 / shadowPixelsPerMeter, 0.004)))
    program.set("shadowTap", Float(0.5 / Double(shadowSize * tile.columns)))
    program.set("toLamp", SIMD3<Float>(toLamp))
    program.set("lamp", lamp)
    program.set("sky", sky)
    program.set("ground", ground)
  }
}
