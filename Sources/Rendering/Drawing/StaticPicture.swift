/// What a static scene looks like, ready for things that move to be put in front of it.
///
/// Rows run from the top, pixels from the left.
struct StaticPicture {
  let width: Int
  let height: Int
  /// The finished picture without anything that moves: three bytes a pixel.
  let image: [UInt8]
  /// Its light, red, green and blue a pixel.
  let light: [UInt16]
  /// The light of a pixel that no lamp reaches, likewise.
  let unlit: [UInt16]
  /// The light of a pixel that the lamp reaches in full, likewise.
  let lit: [UInt16]
  let places: [ShadowPlace]
  let kernel: ShadowKernel
  /// The shadow map of what does not move.
  let shadowDepths: [UInt16]
  let shadowSize: Int
  /// Where its pixels look for the sky; nil where the sky lights everything alike.
  let sky: Sky?

  /// The sky's light over what does not move.
  struct Sky {
    let places: [SkyPlace]
    let kernel: SkyKernel
    /// The depths seen from right above.
    let depths: [UInt16]
    let mapSize: Int

    /// - Parameter places: a pixel's coordinates in the map of depths, 0…1, and 1 or else nothing is there.
    init(places: [SIMD4<Float>], kernel: SkyKernel, depths: [UInt16], mapSize: Int) {
      self.kernel = kernel
      self.depths = depths
      self.mapSize = mapSize
      self.places = places.map { place in
        place.w > 0
          ? SkyPlace(
            SIMD3(place.x, place.y, place.z), mapSize: mapSize, reach: kernel.reach) : .open
      }
    }
  }

  /// - Parameters:
  ///   - unlitSamples: two by two samples a pixel, four bytes each, roots of light.
  ///   - litSamples: likewise.
  ///   - places: a pixel's coordinates in the shadow map, 0…1, and 1 or else nothing is there.
  init(
    width: Int, height: Int, unlitSamples: [UInt8], litSamples: [UInt8], places: [SIMD4<Float>],
    kernel: ShadowKernel, shadowDepths: [UInt16], shadowSize: Int, sky: Sky?
  ) {
    self.kernel = kernel
    self.sky = sky
    self.width = width
    self.height = height
    self.shadowDepths = shadowDepths
    self.shadowSize = shadowSize
    let unlit = averagedLight(unlitSamples, width: width, height: height)
    let lit = averagedLight(litSamples, width: width, height: height)
    self.unlit = unlit
    self.lit = lit
    let shadowPlaces = places.map { place in
      place.w > 0
        ? ShadowPlace(
          SIMD3(place.x, place.y, place.z), mapSize: shadowSize, kernel: kernel) : .alwaysLit
    }
    self.places = shadowPlaces
    var light = lit
    StaticLookup.with(
      places: shadowPlaces, kernel: kernel, sky: sky, shadowDepths: shadowDepths,
      skyDepths: sky?.depths ?? [], mapSize: shadowSize
    ) { lookup in
      for pixel in shadowPlaces.indices {
        let seen = lookup.seen(from: pixel)
        for i in 3 * pixel..<3 * pixel + 3 {
          light[i] = mixedLight(unlit[i], lit[i], seen)
        }
      }
    }
    self.light = light
    image = light.map { LinearLight.encoded[Int($0)] }
  }

  /// What the compositor reads at every pixel.
  struct Pointers {
    let light: UnsafePointer<UInt16>
    let unlit: UnsafePointer<UInt16>
    let lit: UnsafePointer<UInt16>
    let places: UnsafePointer<ShadowPlace>
    /// `LinearLight.encoded`
    let encoded: UnsafePointer<UInt8>
  }

  /// Lends the picture's arrays as pointers, valid during the call only; an empty picture lends none.
  func withUnsafePointers(_ body: (Pointers) -> Void) {
    light.withUnsafeBufferPointer { light in
      unlit.withUnsafeBufferPointer { unlit in
        lit.withUnsafeBufferPointer { lit in
          places.withUnsafeBufferPointer { places in
            LinearLight.encoded.withUnsafeBufferPointer { encoded in
              guard let light = light.baseAddress, let unlit = unlit.baseAddress,
                let lit = lit.baseAddress, let places = places.baseAddress,
                let encoded = encoded.baseAddress
              else { return }
              body(
                Pointers(light: light, unlit: unlit, lit: lit, places: places, encoded: encoded))
            }
          }
        }
      }
    }
  }
}

/// The light of a pixel between one without the lamp and one with all of it, by what it sees of lamp and sky.
@inline(__always)
func mixedLight(_ unlit: UInt16, _ lit: UInt16, _ seen: (lamp: Int, sky: Int)) -> UInt16 {
  let (dark, bright) = (Int(unlit), Int(lit))
  return UInt16(
    truncatingIfNeeded: dark * seen.sky / 256 + (bright - dark) * seen.lamp / ShadowPlace.full)
}

/// The mean light of each two by two samples: three amounts a pixel.
func averagedLight(_ samples: [UInt8], width: Int, height: Int) -> [UInt16] {
  var light = [UInt16](repeating: 0, count: width * height * 3)
  for row in 0..<height {
    for column in 0..<width {
      let first = (2 * row * 2 * width + 2 * column) * 4
      for component in 0..<3 {
        var sum = 2
        for offset in [0, 4, 8 * width, 8 * width + 4] {
          let root = Int(samples[first + offset + component])
          sum += root * root
        }
        light[(row * width + column) * 3 + component] = UInt16(sum / 4)
      }
    }
  }
  return light
}
