import Foundation

/// What a pattern says at one spot: how much of the second color, and how bright.
struct PatternSample {
  /// 0 (all first color) … 1 (all second color).
  var mix: Double
  /// Factor on the mixed color, 0 … 2.
  var shade: Double = 1
}

/// One square of each pattern, computed once a process and shared by all contexts.
enum Pattern {
  /// Side of a square [texels].
  static let size = 128

  /// Two bytes a texel, mix and half the shade, one square after another in the order of `layer(of:)`.
  static let layers: [[UInt8]] =
    Texture.tileable.map { texture in rasterized { sample(texture, $0, $1) } }
    + Picture.all.map { picture in rasterized(picture.sample) }

  /// Which square a texture is.
  static func layer(of texture: Texture) -> Int {
    if case .picture(let name) = texture {
      let index = Picture.all.firstIndex { $0.name == name } ?? 0
      return Texture.tileable.count + index
    }
    return Texture.tileable.firstIndex(of: texture) ?? 0
  }

  /// Samples a function of u and v in 0…1, v upward, two by two times a texel.
  private static func rasterized(_ function: (Double, Double) -> PatternSample) -> [UInt8] {
    let oversampling = 2
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size * size * 2)
    let step = 1 / Double(size * oversampling)
    for row in 0..<size {
      for column in 0..<size {
        var mix = 0.0
        var shade = 0.0
        for i in 0..<oversampling {
          for j in 0..<oversampling {
            let sample = function(
              (Double(column * oversampling + j) + 0.5) * step,
              (Double(row * oversampling + i) + 0.5) * step)
            mix += sample.mix
            shade += sample.shade
          }
        }
        let count = Double(oversampling * oversampling)
        bytes.append(UInt8((min(1, max(0, mix / count)) * 255).rounded()))
        bytes.append(UInt8((min(2, max(0, shade / count)) * 127.5).rounded()))
      }
    }
    return bytes
  }

  /// The pattern at (u, v) in 0…1; every one of them tiles.
  private static func sample(_ texture: Texture, _ u: Double, _ v: Double) -> PatternSample {
    switch texture {
    case .plain, .picture: return PatternSample(mix: 0)
    case .wood: return wood(u, v)
    case .checker: return PatternSample(mix: (u < 0.5) == (v < 0.5) ? 0 : 1)
    case .stripes: return PatternSample(mix: smoothstep(-0.1, 0.1, sin(2 * .pi * v)))
    case .dots:
      let distance = hypot(u - 0.5, v - 0.5)
      return PatternSample(mix: 1 - smoothstep(0.24, 0.27, distance))
    case .speckle:
      let grains = TileableNoise.value(u, v, period: 48, seed: 3)
      return PatternSample(
        mix: smoothstep(0.72, 0.8, grains),
        shade: 0.95 + 0.1 * TileableNoise.value(u, v, period: 24, seed: 4))
    case .noise:
      return PatternSample(mix: TileableNoise.fractal(u, v, period: 4, octaves: 4, seed: 5))
    case .cloth: return cloth(u, v)
    case .tiles:
      let edge = min(min(u, 1 - u), min(v, 1 - v))
      return PatternSample(
        mix: 1 - smoothstep(0.015, 0.03, edge),
        shade: 0.96 + 0.08 * TileableNoise.fractal(u, v, period: 3, octaves: 3, seed: 6))
    case .marble:
      let warp = TileableNoise.fractal(u, v, period: 3, octaves: 5, seed: 7) - 0.5
      let vein = abs(sin(2 * .pi * (u + v) + 9 * warp))
      return PatternSample(mix: 0.75 * pow(1 - vein, 6) + 0.1 * (warp + 0.5))
    case .brushedMetal:
      let streak = TileableNoise.value(u, v, periodU: 4, periodV: 64, seed: 8)
      return PatternSample(mix: 0.35 * streak, shade: 0.92 + 0.16 * streak)
    case .bricks:
      let row = (v * 4).rounded(.down)
      let x = (u * 2 + row * 0.5).truncatingRemainder(dividingBy: 1)
      let y = v * 4 - row
      let edge = min(min(x, 1 - x) * 2, min(y, 1 - y))
      let tint = TileableNoise.hash(
        Int(u * 2 + row * 0.5) % 2, Int(row), seed: 9)
      return PatternSample(mix: 1 - smoothstep(0.06, 0.11, edge), shade: 0.85 + 0.3 * tint)
    case .oak: return oak(u, v)
    case .skin: return skin(u, v)
    }
  }

  private static func oak(_ u: Double, _ v: Double) -> PatternSample {
    // Straight fibers along u, some of them dark pores, in three planks of their own tints.
    let plank = (v * 3).rounded(.down)
    let across = v * 3 - plank
    let tint = TileableNoise.hash(Int(plank), 0, seed: 21)
    let fiber = TileableNoise.fractal(u, v, periodU: 2, periodV: 32, octaves: 2, seed: 22)
    let pore = TileableNoise.value(u, v, periodU: 10, periodV: 64, seed: 23)
    let seam = 1 - smoothstep(0, 0.02, min(across, 1 - across))
    return PatternSample(
      mix: 0.1 + 0.55 * smoothstep(0.25, 0.8, fiber) + 0.3 * smoothstep(0.78, 0.95, pore)
        + 0.5 * seam,
      shade: 0.9 + 0.16 * tint)
  }

  private static func skin(_ u: Double, _ v: Double) -> PatternSample {
    // The mottled skin of a root or a fruit: clouds, and a few dark eyes.
    let clouds = TileableNoise.fractal(u, v, period: 4, octaves: 4, seed: 24)
    let eyes = TileableNoise.value(u, v, period: 9, seed: 25)
    return PatternSample(
      mix: 0.6 * smoothstep(0.3, 0.75, clouds) + 0.7 * smoothstep(0.86, 0.95, eyes),
      shade: 0.92 + 0.16 * TileableNoise.value(u, v, period: 32, seed: 26))
  }

  private static func wood(_ u: Double, _ v: Double) -> PatternSample {
    // Long grain along u: rings warped gently, fine fibers on top, and seams between four boards.
    let board = (v * 4).rounded(.down)
    let shift = TileableNoise.hash(Int(board), 0, seed: 1)
    let warp = TileableNoise.fractal(u, v, periodU: 2, periodV: 6, octaves: 3, seed: 11)
    let rings = 0.5 + 0.5 * sin(2 * .pi * (v * 9 + 2.6 * warp + shift * 7))
    let fiber = TileableNoise.fractal(u, v, periodU: 6, periodV: 48, octaves: 2, seed: 12)
    let y = v * 4 - board
    let seam = 1 - smoothstep(0.0, 0.03, min(y, 1 - y))
    return PatternSample(
      mix: 0.15 + 0.45 * rings * rings + 0.3 * (fiber - 0.4) + 0.35 * seam,
      shade: 0.93 + 0.14 * shift)
  }

  private static func cloth(_ u: Double, _ v: Double) -> PatternSample {
    // A plain weave of sixteen threads each way.
    let x = u * 16
    let y = v * 16
    let over = (Int(x) + Int(y)) % 2 == 0
    let across = over ? x - x.rounded(.down) : y - y.rounded(.down)
    let bulge = sin(.pi * across)
    return PatternSample(mix: over ? 0.25 : 0.1, shade: 0.82 + 0.22 * bulge)
  }
}

/// Hermite step from 0 at `low` to 1 at `high`.
func smoothstep(_ low: Double, _ high: Double, _ x: Double) -> Double {
  let t = min(1, max(0, (x - low) / (high - low)))
  return t * t * (3 - 2 * t)
}
