import Foundation
import Geometry
import Rendering
import Testing

@testable import Viewer

/// What the window shows, read back from it.
@Suite(
  .serialized,
  .enabled(if: VirtualDisplay.isReady, "Xvfb is not installed (Debian package xvfb)"))
struct WindowTests {
  static let size = (width: 800, height: 500)

  private func open() throws -> Viewer {
    try Viewer(title: "test", width: Self.size.width, height: Self.size.height)
  }

  private func layout(for source: TestSource) -> ViewerLayout {
    ViewerLayout(
      width: Self.size.width, height: Self.size.height, tracks: source.tracks.count,
      observation: source.observation.map { ($0.height, $0.width) })
  }

  @Test func theInsetShowsThePolicysPixels() throws {
    let viewer = try open()
    let source = try TestSource()
    let shot = try viewer.screenshot(of: source)
    try keep(shot)
    #expect(shot.height == Self.size.height && shot.width == Self.size.width)
    let inset = try #require(layout(for: source).pictures.first)
    let observation = try #require(source.observation)
    let scale = inset.width / observation.width
    #expect(scale >= 1 && inset.width == observation.width * scale)
    for (row, column) in [(0, 0), (0, 63), (63, 0), (63, 63), (20, 41)] {
      let seen = shot[inset.y + row * scale + scale / 2, inset.x + column * scale + scale / 2]
      #expect(seen == observation[row, column], "pixel \(row), \(column)")
    }
  }

  @Test func theSceneIsDrawnWhereTheCameraPutsIt() throws {
    let viewer = try open()
    let source = try TestSource()
    let before = try viewer.screenshot(of: source)
    let scene = layout(for: source).scenes[0]
    let camera = source.camera
    func pixel(_ image: RenderedImage, at point: Vector3) throws -> SIMD3<Int> {
      let place = try #require(
        camera.project(point, aspectRatio: Double(scene.width) / Double(scene.height)))
      return SIMD3<Int>(
        truncatingIfNeeded: image[
          Int(place.y * Double(scene.height)), Int(place.x * Double(scene.width))])
    }
    let start = Vector3(0, 0, 0.08)
    let end = Vector3(0, 0.3, 0.08)
    let ball = try pixel(before, at: start)
    #expect(ball.x > 2 * ball.y, "the ball is red: \(ball)")
    let table = try pixel(before, at: end)
    #expect(table.y > table.x + 30, "the table is green: \(table)")

    let after = try viewer.screenshot(of: source, step: 1)
    let moved = try pixel(after, at: end)
    #expect(moved.x > 2 * moved.y, "the ball has moved: \(moved)")
    #expect(try pixel(after, at: start).y > 60)
  }

  @Test func theCaptionIsWrittenInThePanelAndNowhereElse() throws {
    let viewer = try open()
    let source = try TestSource()
    let first = try viewer.screenshot(of: source)
    let second = try viewer.screenshot(of: try TestSource(instruction: "move the skull"))
    let panel = layout(for: source).words
    var bright = 0
    var changed: [(row: Int, column: Int)] = []
    for row in 0..<first.height {
      for column in 0..<first.width {
        if column >= panel.x, row < panel.height, first[row, column].min() > 180 { bright += 1 }
        if first[row, column] != second[row, column] { changed.append((row, column)) }
      }
    }
    #expect(bright > 200, "letters")
    #expect(!changed.isEmpty)
    #expect(changed.allSatisfy { $0.column >= panel.x && $0.row < panel.height })
  }

  @Test func withoutAPolicyThereIsNoPicture() throws {
    let viewer = try open()
    let source = try TestSource(hasObservation: false)
    let shot = try viewer.screenshot(of: source)
    let panel = layout(for: source).words
    let corner = shot[shot.height - 10, panel.x + 20]
    #expect(shot[shot.height - 60, panel.x + panel.width / 2] == corner)
  }

  /// The arrow starts at the fingertips and the region lies where it is.
  @Test func whatIsDoneIsDrawnIntoTheScene() throws {
    let viewer = try open()
    let source = try TestSource()
    let place = layout(for: source).scenes[0]
    let overlay = SceneOverlay(camera: source.camera, place: place)
    func isNear(_ image: RenderedImage, _ point: Vector3, _ ink: UInt32) throws -> Bool {
      let spot = try #require(overlay.point(point))
      let pixel = SIMD3<Int>(truncatingIfNeeded: image[Int(spot.y), Int(spot.x)])
      let wanted = SIMD3(Int(ink >> 16 & 255), Int(ink >> 8 & 255), Int(ink & 255))
      let apart = pixel &- wanted
      return max(abs(apart.x), abs(apart.y), abs(apart.z)) < 60
    }
    let start = try viewer.screenshot(of: source)
    #expect(try isNear(start, Vector3(0, 0, 0.3), ViewerInk.amber))
    let corner = Vector3(0, -0.4, 0)
    #expect(try !isNear(start, corner, ViewerInk.blue))
    #expect(viewer.press(.s, source))
    #expect(try isNear(viewer.screenshot(of: source), corner, ViewerInk.blue))
    // At the end nothing is done.
    let end = try viewer.screenshot(of: source, step: 3)
    #expect(try !isNear(end, Vector3(0, 0, 0.3), ViewerInk.amber))
  }

  @Test func twoPoliciesHaveASceneAndAPictureEach() throws {
    let viewer = try open()
    let source = try TestSource(policies: ["openvla", "expert"])
    source.tracks[1].act(
      ViewerAction(start: .zero, end: .zero, values: Array(repeating: 0, count: 7)))
    let shot = try viewer.screenshot(of: source, step: 1)
    try keep(shot)
    let layout = layout(for: source)
    #expect(layout.scenes.count == 2)
    for place in layout.scenes {
      let overlay = SceneOverlay(camera: source.camera, place: place)
      let spot = try #require(overlay.point(Vector3(0, 0.3, 0.08)))
      let pixel = SIMD3<Int>(truncatingIfNeeded: shot[Int(spot.y), Int(spot.x)])
      #expect(pixel.x > 2 * pixel.y, "the ball is red: \(pixel)")
    }
    let observation = try #require(source.observation)
    for place in layout.pictures {
      #expect(shot[place.y + place.height / 2, place.x + place.width / 2].max() > 60)
      #expect(place.width == observation.width && place.height == observation.height)
    }
  }

  /// A cell a step: amber for what is above zero, blue for what is below, each place in its own color.
  @Test func tokensAndPlacesStandOverTheScrubBar() throws {
    let viewer = try Viewer(title: "test", width: 1280, height: 800)
    let source = try TestSource()
    let track = ViewerTrack(policy: "openvla")
    for step in 0...3 {
      source.add(step, to: track)
      guard step < 3 else { continue }
      track.act(
        ViewerAction(
          start: .zero, end: .zero, values: Array(repeating: 0, count: 7),
          tokens: Array(1000..<1007), levels: [step == 1 ? 1 : -1, 0, 0, 0, 0, 0, 0],
          places: [Vector2(1, 0), Vector2(0, 1)]))
    }
    track.finish(.success)
    source.show([track])
    let shot = try viewer.screenshot(of: source, step: 3)
    try keep(shot)
    let layout = ViewerLayout(width: 1280, height: 800, tracks: 1, observation: (64, 64))
    let place = try #require(layout.timelines.first)
    let bar = TransportPanel.bar(in: layout.transport)
    func pixel(_ step: Int, _ row: Int, gaps: Int) -> SIMD3<Int> {
      let x = Int(bar.x + (Float(step) + 0.5) * bar.width / 4)
      return SIMD3<Int>(truncatingIfNeeded: shot[place.y + 4 + 9 * row + 3 * gaps + 4, x])
    }
    #expect(pixel(0, 0, gaps: 0).z > 200 && pixel(0, 0, gaps: 0).x < 150, "blue")
    #expect(pixel(1, 0, gaps: 0).x > 200 && pixel(1, 0, gaps: 0).z < 120, "amber")
    #expect(pixel(0, 1, gaps: 0).max() < 80, "zero is dark")
    #expect(pixel(2, 7, gaps: 4).x > 200, "the goal is at the right edge")
    #expect(pixel(2, 8, gaps: 4).max() < 80, "and at the top")
    #expect(pixel(2, 10, gaps: 5).z > 200, "the gripper is at the foot")
  }

  @Test func aWindowOfAnotherSizeIsDrawnAnewAtTheEndToo() throws {
    let viewer = try open()
    let source = try TestSource()
    _ = try viewer.screenshot(of: source, step: 3)
    viewer.resize(width: 900, height: 620)
    let shot = try viewer.screenshot(of: source, step: 3)
    #expect(shot.width == 900 && shot.height == 620)
    // As in a window that had this size from the start: no black edge, no stretched rest.
    let table = shot[shot.height - 120, 300]
    #expect(table.y > table.x, "the table is green: \(table)")
  }

  @Test func fullScreenIsAllScene() throws {
    let viewer = try open()
    let source = try TestSource()
    #expect(viewer.press(.f, source))
    let shot = try viewer.screenshot(of: source, frames: 4)
    #expect(viewer.press(.escape, source), "escape leaves full screen first")
    for (row, column) in [(2, 2), (2, shot.width - 3), (shot.height - 3, 2)] {
      #expect(shot[row, column].max() > 60, "no black border at \(row), \(column)")
    }
    let foot = shot[shot.height - 3, shot.width - 3]
    #expect(foot.y > foot.x, "the table is green: \(foot)")
    #expect(!viewer.press(.escape, source))
  }

  @Test func keysReachTheSource() throws {
    let viewer = try open()
    let source = try TestSource()
    #expect(viewer.press(.right, source) && viewer.step == 1)
    #expect(viewer.press(.left, source) && viewer.press(.left, source) && viewer.step == 0)
    #expect(viewer.press(.down, source) && source.selection == 1)
    #expect(viewer.press(.down, source) && viewer.press(.down, source) && source.selection == 2)
    #expect(viewer.press(.p, source) && source.selection == 1)
    #expect(viewer.press(.v, source) && source.videos == 1)
    #expect(!viewer.press(.q, source))
  }

  @Test func theWindowGoesOnWhileAPolicyThinks() throws {
    let viewer = try open()
    let source = try TestSource()
    source.begin(steps: 1)
    #expect(try viewer.framesPerSecond(of: source, seconds: 0.5).rate > 1)
    #expect(viewer.step <= 1)
    source.add(2, to: source.tracks[0])
    _ = try viewer.framesPerSecond(of: source, seconds: 0.6)
    #expect(viewer.step == 2)
  }

  @Test func onlyOneWindowOpensAtATime() throws {
    let viewer = try open()
    #expect(throws: ViewerError.alreadyOpen) { _ = try open() }
    // The first window is none the worse.
    #expect(try viewer.screenshot(of: TestSource()).pixels.contains { $0 > 200 })
  }

  /// Keeps a screenshot where the environment asks for it, to be looked at.
  private func keep(_ image: RenderedImage) throws {
    guard let path = ProcessInfo.processInfo.environment["VIEWER_SCREENSHOT"] else { return }
    let header = Data("P6\n\(image.width) \(image.height)\n255\n".utf8)
    try (header + Data(image.pixels)).write(to: URL(fileURLWithPath: path))
  }
}
