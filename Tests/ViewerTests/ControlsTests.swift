import Foundation
import Geometry
import Rendering
import Testing

@testable import Viewer

/// Keys, the free camera and the layout, without a window.
@Suite struct ControlsTests {
  @Test func everyKeyAsksForSomethingOfItsOwnOrItsNeighbors() {
    #expect(ViewerControls.request(of: .space) == .play)
    #expect(ViewerControls.request(of: .left) == .step(-1))
    #expect(ViewerControls.request(of: .period) == .step(1))
    #expect(ViewerControls.request(of: .down) == .episode(1))
    #expect(ViewerControls.request(of: .escape) == .leave)
    let requests = Set(ViewerControls.Key.allCases.map(ViewerControls.request))
    #expect(requests.count == 13)
  }

  let home = Camera(
    position: Vector3(0.7, 0.2, 0.6), lookingAt: Vector3(0, 0, 0.05), verticalFieldOfView: 0.8)

  @Test func theFreeCameraStartsAsTheScenesOwn() {
    #expect(OrbitCamera(home: home).camera == home)
  }

  @Test func turningKeepsTheDistanceToThePointLookedAt() throws {
    var orbit = OrbitCamera(home: home)
    orbit.zoom(by: 0)
    // The middle of the image on the table.
    let back = home.worldFromCamera.rotation.columns.z
    let eye = home.worldFromCamera.translation
    let target = eye - back * (eye.z / back.z)
    let distance = (eye - target).length
    for _ in 0..<50 {
      orbit.turn(by: Vector2(17, -23))
      let camera = orbit.camera
      #expect(abs((camera.worldFromCamera.translation - target).length - distance) < 1e-9)
      let seen = try #require(camera.project(target))
      #expect(abs(seen.x - 0.5) < 1e-9 && abs(seen.y - 0.5) < 1e-9)
    }
    orbit.reset()
    #expect(orbit.camera == home)
  }

  @Test func theWheelStopsAtTheLimits() {
    var orbit = OrbitCamera(home: home)
    orbit.zoom(by: 1000)
    let near = orbit.camera
    orbit.zoom(by: -1000)
    let far = orbit.camera
    #expect(near.worldFromCamera.translation.length < far.worldFromCamera.translation.length)
    #expect(near.worldFromCamera.translation.x.isFinite)
  }

  @Test func panningFollowsTheHand() throws {
    var orbit = OrbitCamera(home: home)
    orbit.zoom(by: 0)
    let back = home.worldFromCamera.rotation.columns.z
    let eye = home.worldFromCamera.translation
    let target = eye - back * (eye.z / back.z)
    orbit.pan(by: Vector2(50, -30), windowHeight: 500)
    let seen = try #require(orbit.camera.project(target))
    #expect(abs((seen.x - 0.5) * 500 - 50) < 0.5)
    #expect(abs((seen.y - 0.5) * 500 + 30) < 0.5)
  }

  @Test(
    arguments: [(1280, 800), (1920, 1200), (1120, 720), (800, 500), (300, 200), (1, 1)], [1, 2])
  func thePartsOfTheWindowDoNotOverlap(_ size: (width: Int, height: Int), tracks: Int) {
    let layout = ViewerLayout(
      width: size.width, height: size.height, tracks: tracks, observation: (224, 224))
    let parts =
      layout.scenes + [layout.transport, layout.words] + layout.pictures + layout.timelines
      + (layout.list.width > 0 ? [layout.list] : [])
    #expect(layout.scenes.count == tracks)
    #expect(parts.allSatisfy { $0.x >= 0 && $0.width >= 0 && $0.height >= 0 })
    guard size.width >= 300 else { return }
    #expect(layout.pictures.count == tracks)
    for (number, part) in parts.enumerated() {
      #expect(part.x + part.width <= size.width && part.y + part.height <= size.height)
      for other in parts[..<number] {
        let isApart =
          part.x >= other.x + other.width || other.x >= part.x + part.width
          || part.y >= other.y + other.height || other.y >= part.y + part.height
        #expect(isApart, "\(part) and \(other)")
      }
    }
  }

  @Test func thePolicysPixelsAreShownOneToOne() {
    let layout = ViewerLayout(width: 1280, height: 800, tracks: 2, observation: (224, 224))
    #expect(layout.pictures.allSatisfy { $0.width == 224 && $0.height == 224 })
  }

  @Test func thereIsATimelineForEachPolicyWhereThereIsRoom() {
    for (height, tracks, expected) in [(800, 1, 1), (800, 2, 2), (500, 2, 0)] {
      let layout = ViewerLayout(
        width: 1280, height: height, tracks: tracks, observation: (224, 224))
      #expect(layout.timelines.count == expected)
    }
  }

  @Test func anActionIsScaledByItsTokensOrByWhatItCanBe() {
    let values = [0.03, -0.06, 0, 0.125, 0, -0.25, 1]
    var action = ViewerAction(start: .zero, end: .zero, values: values)
    #expect(action.scaled == [1, -1, 0, 0.5, 0, -1, 1])
    action.levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    #expect(action.scaled == action.levels)
  }

  @Test(arguments: [1, 2]) func fullScreenHasNoBorders(tracks: Int) {
    let layout = ViewerLayout(
      width: 1920, height: 1080, tracks: tracks, observation: (224, 224), isFullScreen: true)
    #expect(layout.scenes.reduce(0) { $0 + $1.width * $1.height } == 1920 * 1080)
  }

  @Test func aMissingDisplaySaysWhatToDo() {
    let message = ViewerError.noDisplay(reason: "X11: Failed to open display").description
    #expect(message.contains("DISPLAY") && message.contains("xvfb"))
  }
}
