/// Where a pixel of the static scene is looked up in a shadow map, and how its answer is weighed.
///
/// The lookup is the shaders': bilinear comparisons at taps around the place, whose weights a `ShadowKernel` holds.
struct ShadowPlace {
  /// Row times size plus column of the lowest of the kernel's texels.
  var texel: UInt16
  /// A texel at this depth or farther lets the light through.
  var depth: UInt16
  /// How far the place is past that texel across and up, of 256.
  var fractionX: UInt8
  var fractionY: UInt8

  /// Never in shadow: its texels lie in the empty margin of the map.
  static let alwaysLit = ShadowPlace(texel: 0, depth: 0, fractionX: 0, fractionY: 0)

  /// Texels along each edge of the map that nothing is drawn into.
  static let margin = 3

  /// The place of a point whose coordinates and depth in the map are 0…1.
  init(_ point: SIMD3<Float>, mapSize: Int, kernel: ShadowKernel) {
    // Texel centers lie at halves.
    let x = point.x * Float(mapSize) - 0.5 + kernel.firstTap
    let y = point.y * Float(mapSize) - 0.5 + kernel.firstTap
    let limit = Float(mapSize - kernel.texelsRead)
    guard x >= 0, y >= 0, x < limit, y < limit, point.z < 1 else {
      self = .alwaysLit
      return
    }
    let (column, row) = (Int(x), Int(y))
    texel = UInt16(row * mapSize + column)
    depth = UInt16((max(0, point.z) * 65535).rounded())
    fractionX = UInt8((x - Float(column)) * 256)
    fractionY = UInt8((y - Float(row)) * 256)
  }

  private init(texel: UInt16, depth: UInt16, fractionX: UInt8, fractionY: UInt8) {
    self.texel = texel
    self.depth = depth
    self.fractionX = fractionX
    self.fractionY = fractionY
  }

  /// How much of the lamp is seen from here through the crisp kernel, 0…`full`.
  @inline(__always)
  func visibility(in depths: UnsafePointer<UInt16>, mapSize: Int) -> Int {
    let (fx, fy) = (Int(fractionX), Int(fractionY))
    func line(_ row: UnsafePointer<UInt16>) -> Int {
      (row[0] >= depth ? 256 - fx : 0) + (row[1] >= depth ? 256 : 0) + (row[2] >= depth ? fx : 0)
    }
    let first = depths + Int(texel)
    return line(first) * (256 - fy) + line(first + mapSize) * 256
      + line(first + 2 * mapSize) * fy
  }

  /// The same through any kernel, `weights` being the kernel's.
  @inline(__always)
  func visibility(
    in depths: UnsafePointer<UInt16>, mapSize: Int, width: Int, sum: Int,
    weights: UnsafePointer<SIMD8<UInt16>>
  ) -> Int {
    let across = weights[Int(fractionX)]
    let up = weights[Int(fractionY)]
    let least = SIMD8<UInt16>(repeating: depth)
    var seen = 0
    var row = UnsafeRawPointer(depths + Int(texel))
    for j in 0..<width {
      // Eight texels, of which the last ones have no weight.
      let isBehind = row.loadUnaligned(as: SIMD8<UInt16>.self) .>= least
      let line = SIMD8<UInt16>.zero.replacing(with: across, where: isBehind).wrappedSum()
      seen &+= Int(line) &* Int(up[j])
      row += mapSize * MemoryLayout<UInt16>.stride
    }
    return seen * Self.full / (sum * sum)
  }

  /// The visibility of an unshadowed place.
  static let full = 512 * 512
}
