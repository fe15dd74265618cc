/// Looks up how much of the lamp and of the sky the static scene's pixels see, in maps of depths as they are now.
///
/// Holds pointers, valid only within `with`.
struct StaticLookup {
  private let places: UnsafePointer<ShadowPlace>
  private let depths: UnsafePointer<UInt16>
  private let weights: UnsafePointer<SIMD8<UInt16>>
  private let width: Int
  private let sum: Int
  private let mapSize: Int
  private let sky: Sky?

  private struct Sky {
    let places: UnsafePointer<SkyPlace>
    let depths: UnsafePointer<UInt16>
    let steps: UnsafePointer<Int32>
    let drops: UnsafePointer<Int32>
  }

  /// Calls `body` unless the maps or the picture are empty.
  ///
  /// - Parameters:
  ///   - shadowDepths: the lamp's map.
  ///   - skyDepths: the sky's map, as large; read only where there is a `sky`.
  static func with(
    places: [ShadowPlace], kernel: ShadowKernel, sky: StaticPicture.Sky?, shadowDepths: [UInt16],
    skyDepths: [UInt16], mapSize: Int, _ body: (StaticLookup) -> Void
  ) {
    places.withUnsafeBufferPointer { places in
      shadowDepths.withUnsafeBufferPointer { depths in
        kernel.weights.withUnsafeBufferPointer { weights in
          guard let places = places.baseAddress, let depths = depths.baseAddress,
            let weights = weights.baseAddress
          else { return }
          withSky(sky, depths: skyDepths) { sky in
            body(
              StaticLookup(
                places: places, depths: depths, weights: weights, width: kernel.width,
                sum: kernel.sum, mapSize: mapSize, sky: sky))
          }
        }
      }
    }
  }

  private static func withSky(
    _ sky: StaticPicture.Sky?, depths: [UInt16], _ body: (Sky?) -> Void
  ) {
    guard let sky else { return body(nil) }
    sky.places.withUnsafeBufferPointer { places in
      depths.withUnsafeBufferPointer { depths in
        sky.kernel.steps.withUnsafeBufferPointer { steps in
          sky.kernel.drops.withUnsafeBufferPointer { drops in
            guard let places = places.baseAddress, let depths = depths.baseAddress,
              let steps = steps.baseAddress, let drops = drops.baseAddress
            else { return }
            body(Sky(places: places, depths: depths, steps: steps, drops: drops))
          }
        }
      }
    }
  }

  /// How much of the lamp, of `ShadowPlace.full`, and of the sky, of 256, a pixel sees.
  @inline(__always)
  func seen(from pixel: Int) -> (lamp: Int, sky: Int) {
    guard let sky else {
      return (places[pixel].visibility(in: depths, mapSize: mapSize), 256)
    }
    return (
      places[pixel].visibility(
        in: depths, mapSize: mapSize, width: width, sum: sum, weights: weights),
      SkyKernel.share(
        of: sky.places[pixel], in: sky.depths, steps: sky.steps, drops: sky.drops)
    )
  }
}
