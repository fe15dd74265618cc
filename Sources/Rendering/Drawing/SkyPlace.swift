/// Where a pixel of the static scene looks for the sky: the place in the map of depths seen from right above.
struct SkyPlace {
  /// Row times size plus column of the texel it lies in.
  var texel: UInt16
  /// The depth of the point.
  var depth: UInt16
  /// Which quarter of the texel it lies in, across plus four times up.
  var quarter: UInt8

  /// Sees all of the sky.
  static let open = SkyPlace(texel: 0, depth: 0, quarter: 0)

  private init(texel: UInt16, depth: UInt16, quarter: UInt8) {
    self.texel = texel
    self.depth = depth
    self.quarter = quarter
  }

  /// The place of a point whose coordinates and depth in the map are 0…1.
  ///
  /// - Parameter reach: of the taps [texels]; nearer to the map's edge than this all of the sky is seen.
  init(_ point: SIMD3<Float>, mapSize: Int, reach: Int) {
    let (x, y) = (point.x * Float(mapSize), point.y * Float(mapSize))
    let (low, high) = (
      Float(reach + ShadowPlace.margin), Float(mapSize - reach - ShadowPlace.margin)
    )
    guard x >= low, y >= low, x < high, y < high, point.z > 0, point.z < 1 else {
      self = .open
      return
    }
    let (column, row) = (Int(x), Int(y))
    texel = UInt16(row * mapSize + column)
    depth = UInt16((point.z * 65535).rounded())
    quarter = UInt8((x - Float(column)) * 4) + 4 * UInt8((y - Float(row)) * 4)
  }

  var isOpen: Bool { depth == 0 }
}

/// The taps around a `SkyPlace` as steps through the map, for each quarter of a texel.
struct SkyKernel {
  /// The farthest tap [texels].
  let reach: Int
  /// `[16, taps]`
  let steps: [Int32]
  /// How much nearer to the sky a neighbour must be at each tap to keep its light away, of 65535.
  let drops: [Int32]

  init(_ lighting: Lighting, mapSize: Int) {
    let radius = lighting.skyRadiusInTexels
    reach = Int(radius.rounded(.up)) + 1
    steps = (0..<16).flatMap { quarter in
      SkyTaps.all.map { tap in
        let x = (Double(quarter % 4) + 0.5) / 4 + tap.x * radius
        let y = (Double(quarter / 4) + 0.5) / 4 + tap.y * radius
        return Int32(y.rounded(.down)) * Int32(mapSize) + Int32(x.rounded(.down))
      }
    }
    drops = lighting.skyDrops.map(Int32.init)
  }

  /// How much of the sky is seen from a place, of 256, `steps` and `drops` being a kernel's.
  @inline(__always)
  static func share(
    of place: SkyPlace, in depths: UnsafePointer<UInt16>, steps: UnsafePointer<Int32>,
    drops: UnsafePointer<Int32>
  ) -> Int {
    if place.isOpen { return 256 }
    let count = SkyTaps.count
    let center = depths + Int(place.texel)
    let depth = Int32(place.depth)
    let steps = steps + Int(place.quarter) * count
    var open = 0
    for i in 0..<count {
      open &+= Int32(center[Int(steps[i])]) >= depth &- drops[i] ? 1 : 0
    }
    // Whole shares of 256; exact at both ends.
    return 256 - (count - open) * SkyTaps.loss / count
  }
}
