import RandomNumbers

/// Value noise on a lattice that wraps round, so that squares of it join without a seam.
enum TileableNoise {
  /// 0…1, the same for the same arguments on every machine.
  static func hash(_ x: Int, _ y: Int, seed: UInt64) -> Double {
    let point =
      seed &* 0x9E37_79B9_7F4A_7C15
      ^ (UInt64(bitPattern: Int64(x)) &* 0xBF58_476D_1CE4_E5B9
        &+ UInt64(bitPattern: Int64(y)) &* 0x94D0_49BB_1331_11EB)
    return Double(SplitMix64.finalized(point) >> 11) / Double(1 << 53)
  }

  /// Smoothly interpolated lattice values, 0…1, `periodU` by `periodV` cells in the unit square.
  static func value(
    _ u: Double, _ v: Double, periodU: Int, periodV: Int, seed: UInt64
  ) -> Double {
    let x = u * Double(periodU)
    let y = v * Double(periodV)
    let (i, j) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
    let fx = smoothstep(0, 1, x - Double(i))
    let fy = smoothstep(0, 1, y - Double(j))
    func corner(_ di: Int, _ dj: Int) -> Double {
      hash((i + di) % periodU, (j + dj) % periodV, seed: seed)
    }
    let bottom = corner(0, 0) * (1 - fx) + corner(1, 0) * fx
    let top = corner(0, 1) * (1 - fx) + corner(1, 1) * fx
    return bottom * (1 - fy) + top * fy
  }

  static func value(_ u: Double, _ v: Double, period: Int, seed: UInt64) -> Double {
    value(u, v, periodU: period, periodV: period, seed: seed)
  }

  /// Octaves of value noise, each half as strong and twice as fine, scaled to 0…1.
  static func fractal(
    _ u: Double, _ v: Double, periodU: Int, periodV: Int, octaves: Int, seed: UInt64
  ) -> Double {
    var sum = 0.0
    var weight = 0.0
    for octave in 0..<octaves {
      let strength = 1 / Double(1 << octave)
      sum +=
        strength
        * value(
          u, v, periodU: periodU << octave, periodV: periodV << octave,
          seed: seed &+ UInt64(octave) &* 101)
      weight += strength
    }
    return sum / weight
  }

  static func fractal(
    _ u: Double, _ v: Double, period: Int, octaves: Int, seed: UInt64
  ) -> Double {
    fractal(u, v, periodU: period, periodV: period, octaves: octaves, seed: seed)
  }
}
