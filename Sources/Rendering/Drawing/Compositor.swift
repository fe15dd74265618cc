/// Puts what moves, and its shadows, into the picture of what does not.
///
/// Works on bytes, after the drawing: a pixel is touched only where something that moves covers one
/// of its four samples, or where the shadow map around its place has changed.
struct Compositor {
  private var shadowChanges = ChangeMap()
  private var skyChanges = ChangeMap()

  /// - Parameters:
  ///   - samples: two by two a pixel, rows from the top; four bytes each, roots of light, the last
  ///     one not zero where something that moves is seen.
  ///   - shadowDepths: the shadow map of everything.
  ///   - skyDepths: the depths of everything seen from right above; read only if the picture has a sky.
  /// - Returns: three sRGB bytes a pixel.
  mutating func image(
    of picture: StaticPicture, samples: [UInt8], shadowDepths: [UInt16], skyDepths: [UInt16]
  ) -> [UInt8] {
    precondition(
      samples.count == picture.width * picture.height * 16
        && shadowDepths.count == picture.shadowDepths.count
        && (picture.sky.map { skyDepths.count == $0.depths.count } ?? true),
      "samples or shadows of another size")
    shadowChanges.find(
      from: picture.shadowDepths, to: shadowDepths, size: picture.shadowSize,
      width: picture.kernel.width)
    if let sky = picture.sky {
      skyChanges.find(
        from: sky.depths, to: skyDepths, size: sky.mapSize,
        width: 2 * sky.kernel.reach + 1)
    }
    var image = picture.image
    // Indexing without checks is worth a third of a millisecond here; all bounds follow from the
    // precondition and from the places.
    image.withUnsafeMutableBufferPointer { output in
      samples.withUnsafeBytes { samples in
        picture.withUnsafePointers { pointers in
          withChanges(of: picture) { changes in
            StaticLookup.with(
              places: picture.places, kernel: picture.kernel, sky: picture.sky,
              shadowDepths: shadowDepths, skyDepths: skyDepths, mapSize: picture.shadowSize
            ) { lookup in
              guard let output = output.baseAddress, let samples = samples.baseAddress
              else { return }
              for row in 0..<picture.height {
                compose(
                  row: row, of: picture, pointers, samples: samples, lookup: lookup,
                  changes: changes, into: output)
              }
            }
          }
        }
      }
    }
    return image
  }

  /// Where shadows have changed, and the sky.
  private struct Changes {
    let shadows: UnsafePointer<UInt8>
    /// Marks and places, and how far back from a place the square around it begins.
    let sky: (marks: UnsafePointer<UInt8>, places: UnsafePointer<SkyPlace>, back: Int)?

    @inline(__always)
    func hold(_ place: ShadowPlace, _ pixel: Int) -> Bool {
      if shadows[Int(place.texel)] != 0 { return true }
      guard let sky else { return false }
      let place = sky.places[pixel]
      return !place.isOpen && sky.marks[Int(place.texel) - sky.back] != 0
    }
  }

  private func withChanges(of picture: StaticPicture, _ body: (Changes) -> Void) {
    shadowChanges.marks.withUnsafeBufferPointer { shadows in
      guard let shadows = shadows.baseAddress else { return }
      guard let sky = picture.sky else {
        body(Changes(shadows: shadows, sky: nil))
        return
      }
      skyChanges.marks.withUnsafeBufferPointer { marks in
        sky.places.withUnsafeBufferPointer { places in
          guard let marks = marks.baseAddress, let places = places.baseAddress else { return }
          let back = sky.kernel.reach * (sky.mapSize + 1)
          body(Changes(shadows: shadows, sky: (marks, places, back)))
        }
      }
    }
  }

  @inline(__always)
  private func compose(
    row: Int, of picture: StaticPicture, _ pointers: StaticPicture.Pointers,
    samples: UnsafeRawPointer, lookup: StaticLookup, changes: Changes,
    into output: UnsafeMutablePointer<UInt8>
  ) {
    let width = picture.width
    let upper = samples + 2 * row * width * 8
    let lower = upper + width * 8
    let alphaBits: UInt64 = 0xFF00_0000_FF00_0000
    for column in 0..<width {
      // Two samples of four bytes each at a time; alpha is the highest byte of each.
      let above = upper.load(fromByteOffset: column * 8, as: UInt64.self)
      let below = lower.load(fromByteOffset: column * 8, as: UInt64.self)
      let isCovered = (above | below) & alphaBits != 0
      let pixel = row * width + column
      let place = pointers.places[pixel]
      // What is covered whole hides its shadow.
      let isShadowed = above & below & alphaBits != alphaBits && changes.hold(place, pixel)
      guard isCovered || isShadowed else { continue }

      let first = 3 * pixel
      var light = SIMD4<Int32>(
        Int32(pointers.light[first]), Int32(pointers.light[first + 1]),
        Int32(pointers.light[first + 2]), 0)
      if isShadowed {
        let seen = lookup.seen(from: pixel)
        for i in 0..<3 {
          light[i] = Int32(mixedLight(pointers.unlit[first + i], pointers.lit[first + i], seen))
        }
      }
      if isCovered {
        var sum = SIMD4<Int32>(repeating: 2)
        add(UInt32(truncatingIfNeeded: above), orElse: light, to: &sum)
        add(UInt32(truncatingIfNeeded: above >> 32), orElse: light, to: &sum)
        add(UInt32(truncatingIfNeeded: below), orElse: light, to: &sum)
        add(UInt32(truncatingIfNeeded: below >> 32), orElse: light, to: &sum)
        light = sum &>> 2
      }
      for i in 0..<3 { output[first + i] = pointers.encoded[Int(light[i])] }
    }
  }

  /// Adds the light of a sample, or the light behind it where nothing that moves is seen.
  @inline(__always)
  private func add(_ sample: UInt32, orElse light: SIMD4<Int32>, to sum: inout SIMD4<Int32>) {
    guard sample >> 24 != 0 else {
      sum &+= light
      return
    }
    let root = SIMD4<Int32>(truncatingIfNeeded: unsafeBitCast(sample, to: SIMD4<UInt8>.self))
    sum &+= root &* root
  }
}
