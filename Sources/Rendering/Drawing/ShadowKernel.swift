/// The weights of the texels around a place that is looked up softly.
///
/// Shaders take the mean of bilinear comparisons at evenly spaced taps; over the texels that they touch, their weights multiply out
/// to a row's times a column's.
struct ShadowKernel: Sendable {
  /// Texels each way.
  let width: Int
  /// Texels of a row that are read: those of a wide kernel in eights.
  var texelsRead: Int { width > 3 ? 8 : width }
  /// From the place to the first tap, in texels.
  let firstTap: Float
  /// Weights of a row's texels by the place's fraction of 256; those past `width` are 0.
  let weights: [SIMD8<UInt16>]
  /// The sum of a row's weights.
  let sum: Int

  /// Two taps half a texel to each side: three texels.
  static let crisp = ShadowKernel(taps: [-0.5, 0.5])
  /// The distance of a penumbra's taps [texels].
  static let penumbraStep = 1.5
  /// Four taps: seven texels.
  static let penumbra = ShadowKernel(taps: [-1.5, -0.5, 0.5, 1.5].map { $0 * penumbraStep })

  private init(taps: [Double]) {
    let first = taps[0]
    firstTap = Float(first)
    let width = Int((taps[taps.count - 1] - first).rounded(.up)) + 2
    self.width = width
    sum = 256 * taps.count
    weights = (0..<256).map { fraction in
      var row = SIMD8<UInt16>.zero
      for texel in 0..<width {
        let weights = taps.map { tap in
          max(0, 1 - abs(Double(texel) - (tap - first + Double(fraction) / 256)))
        }
        row[texel] = UInt16((weights.reduce(0, +) * 256).rounded())
      }
      return row
    }
  }
}
