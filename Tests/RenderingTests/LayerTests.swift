import Geometry
import Testing

@testable import Rendering

/// The fast way (a static layer, composed) against the slow one (everything drawn at once), and
/// the promise that pixels depend on the frame alone.
@Suite struct LayerTests {
  static func frames(count: Int, shading: Shading = .plain) throws -> [Frame] {
    let scene = try Tabletop.staticScene(shading: shading)
    let arm = try Tabletop.arm()
    let objects = try Tabletop.objects()
    return (0..<count).map { i in
      Frame(
        staticScene: scene,
        moving: Tabletop.moving(phase: Double(i), arm: arm, objects: objects))
    }
  }

  @Test(arguments: Shading.allCases)
  func layersShowWhatDrawingAllAtOnceShows(shading: Shading) throws {
    let frames = try Self.frames(count: 2, shading: shading)
    let pool = try Probe.pool.get()
    for (fast, slow) in zip(try pool.render(frames), try pool.renderReference(frames)) {
      let differences = zip(fast.pixels, slow.pixels).map { abs(Int($0) - Int($1)) }
      /// Eight-bit roots of light are rounded once more in the layers than at once.
      /// The sky's taps are bilinear at once and whole texels in the layers: a tap of sixteen more or less.
      let rounding = shading == .plain ? 2 : 8
      /// A shadow's edge is sampled once a pixel in the layers and four times at once, and a pixel
      /// where moving and static edges meet mixes in the whole pixel's static color.
      let edgeShare = 0.005
      let outliers = differences.filter { $0 > rounding }
      #expect(Double(outliers.count) < edgeShare * Double(differences.count))
      /// What such an edge is off by at most, of 255.
      let edgeTolerance = 32
      #expect((differences.max() ?? 0) <= edgeTolerance)
    }
  }

  @Test(arguments: Shading.allCases)
  func pixelsDoNotDependOnTheContextOrOnWhatWasDrawnBefore(shading: Shading) throws {
    let frames = try Self.frames(count: 5, shading: shading)
    let pool = try Probe.pool.get()
    let first = try pool.render(frames)
    let backwards = try pool.render(frames.reversed())
    #expect(first == backwards.reversed())
    let single = try RendererPool(contexts: 1, device: .software)
    #expect(try frames.map { try single.render([$0])[0] } == first)
    // A static scene of equal contents is drawn anew, to the same bytes.
    let again = try Self.frames(count: 5, shading: shading)
    #expect(try pool.render(again) == first)
    #expect(first[0] != first[1], "the arm moves")
  }

  @Test func sizesAndScenesMix() throws {
    let pool = try Probe.pool.get()
    let small = Frame(staticScene: try Probe.scene(height: 31, width: 47))
    let large = Frame(staticScene: try Probe.scene(height: 224, width: 224))
    let images = try pool.render([small, large, small])
    #expect(images.map(\.height) == [31, 224, 31])
    #expect(images[0] == images[2])
    #expect(images[0].pixels.count == 31 * 47 * 3)
    #expect(try pool.render([]).isEmpty)
  }

  @Test func moreScenesThanAreKeptAreDrawnAgain() throws {
    let pool = try RendererPool(contexts: 1, device: .software, scenesKept: 2)
    let scenes = try (0..<5).map { i in
      Frame(
        staticScene: try Probe.scene(
          light: Light(intensity: 0.5 + Double(i) / 10), height: 16, width: 16))
    }
    let first = try pool.render(scenes)
    #expect(try pool.render(scenes) == first)
    #expect(Set(first).count == 5)
  }
}
