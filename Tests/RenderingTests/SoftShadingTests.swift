import Foundation
import Geometry
import Testing

@testable import Rendering

/// Soft shading against what light does around a block and in the open.
@Suite struct SoftShadingTests {
  /// A table seen from above without a lamp, a block of 8 cm in its middle.
  private static func picture(_ shading: Shading, blockHeight: Double? = 0.08) throws
    -> RenderedImage
  {
    var moving: [Instance] = []
    if let height = blockHeight {
      let block = try Model(parts: [
        Part(
          shape: .box(size: Vector3(0.08, 0.08, height)), material: Probe.material(.white),
          bodyFromShape: RigidTransform(translation: Vector3(0, 0, height / 2)))
      ])
      moving = [Instance(model: block)]
    }
    let scene = try Probe.scene(
      light: Light(intensity: 0, ambient: 2, shading: shading), height: 360, width: 360)
    return try Probe.pool.get().render([Frame(staticScene: scene, moving: moving)])[0]
  }

  /// The green of the table this far to the right of the middle [m].
  private static func brightness(_ image: RenderedImage, at distance: Double) -> Int {
    let camera = Camera(
      position: Vector3(0, 0, 1), lookingAt: .zero, up: .unitY, verticalFieldOfView: 0.9)
    guard let place = camera.project(Vector3(distance, 0, 0)) else { return -1 }
    return image.color(at: place).y
  }

  @Test func aNeighbourKeepsTheSkyAwayAndTheLessTheFarther() throws {
    let soft = try Self.picture(.soft)
    let values = [0.05, 0.06, 0.07, 0.085].map { Self.brightness(soft, at: $0) }
    #expect(values == values.sorted() && values[0] < values[3])
    // A wall that is higher than the disc is wide hides what lies behind the chord at its foot, a centimeter away.
    let open = Self.brightness(try Self.picture(.plain), at: 0.2)
    let light = pow(Double(values[0]) / Double(open), 2.2)
    let chord = 0.01 / SkyTaps.radius
    let hidden = (acos(chord) - chord * (1 - chord * chord).squareRoot()) / .pi
    let twoTaps = 2 / Double(SkyTaps.count)
    #expect(abs(light - (1 - SkyTaps.strength * hidden)) < twoTaps)
  }

  @Test func whatIsFlatShadesANarrowRimOnly() throws {
    let flat = try Self.picture(.soft, blockHeight: 0.012)
    let tall = try Self.picture(.soft)
    #expect(Self.brightness(flat, at: 0.05) > Self.brightness(tall, at: 0.05))
    #expect(
      Self.brightness(flat, at: 0.065) == Self.brightness(try Self.picture(.plain), at: 0.065))
  }

  @Test func theOpenTableLooksAsInPlainShading() throws {
    let soft = try Self.picture(.soft, blockHeight: nil)
    let plain = try Self.picture(.plain, blockHeight: nil)
    #expect(soft == plain)
  }

  @Test func aPenumbraIsWiderThanACrispEdge() throws {
    /// How many columns of the picture's middle row lie between lit and shadowed.
    func edge(_ shading: Shading) throws -> Int {
      let block = try Model(parts: [
        Part(
          shape: .box(size: Vector3(0.1, 0.4, 0.3)), material: Probe.material(.white),
          bodyFromShape: RigidTransform(translation: Vector3(-0.1, 0, 0.3)))
      ])
      let light = Light(direction: Vector3(1, 0, -1), ambient: 0.2, shading: shading)
      let scene = try Probe.scene(light: light)
      let image = try Probe.pool.get().render([
        Frame(staticScene: scene, moving: [Instance(model: block)])
      ])[0]
      let row = (60..<120).map { image.color(at: .init(x: Double($0) / 120, y: 0.5, depth: 1)).y }
      guard let darkest = row.min(), let brightest = row.max() else { return 0 }
      let margin = (brightest - darkest) / 10
      return row.count { $0 > darkest + margin && $0 < brightest - margin }
    }
    #expect(try edge(.soft) > edge(.plain))
  }

  @Test func plainShadingIsLeftOutOfWhatALightIsKnownBy() throws {
    let encoder = JSONEncoder()
    let plain = String(decoding: try encoder.encode(Light()), as: UTF8.self)
    #expect(!plain.contains("shading"))
    let soft = try encoder.encode(Light(shading: .soft))
    #expect(try JSONDecoder().decode(Light.self, from: soft) == Light(shading: .soft))
    #expect(try JSONDecoder().decode(Light.self, from: Data(plain.utf8)) == Light())
  }
}
