import Foundation
import Geometry
import Rendering

/// A window on episodes: the scene from a camera one can turn, what the policy sees and does, and how it goes.
///
/// Belongs to the thread that makes it, which should be the main one; one at a time.
public final class Viewer {
  let window: Window
  var sceneViews: [SceneView] = []
  var pictures: [ImageTexture] = []
  /// Of the pictures that policies saw last; nil before the first.
  var pictureSize: (height: Int, width: Int)?
  var orbit: OrbitCamera?
  var episodePanel = EpisodePanel()
  var playback: Playback
  var showsRegion = false
  var isFullScreen = false
  /// What the scenes were drawn of, so that the same is not drawn again.
  var drawn: Drawn?

  struct Drawn: Equatable {
    var layout: ViewerLayout
    var selection: Int
    var steps: [Int]
    var camera: OrbitCamera?
    var isMoving: Bool
  }

  /// Seconds between two frames while something goes on.
  private static let frameTime = 1.0 / 30

  /// - Parameters:
  ///   - title: the window's.
  ///   - width: the window's width [pixels].
  ///   - height: the window's height [pixels].
  ///   - stepsPerSecond: how fast an episode plays at speed 1.
  ///   - isPlaying: whether it plays from the start or waits for a key.
  ///   - isVisible: false draws without showing, for screenshots.
  /// - Throws: `ViewerError.noDisplay`, `.noWindow` or `.alreadyOpen` if no window can be opened.
  public init(
    title: String, width: Int = 1280, height: Int = 800, stepsPerSecond: Double = 5,
    isPlaying: Bool = true, isVisible: Bool = true
  ) throws {
    playback = Playback(rate: max(stepsPerSecond, 0.01), isPlaying: isPlaying)
    window = try Window(title: title, width: width, height: height, isVisible: isVisible)
  }

  // MARK: - Running

  /// Shows the source until the window is closed.
  ///
  /// - Throws: `ViewerError.openGL`.
  public func run(_ source: some ViewerSource) throws {
    var last = ProcessInfo.processInfo.systemUptime
    while !window.shouldClose {
      let isAtEnd = playback.step >= lastStep(of: source)
      let isBusy = playback.isPlaying && !isAtEnd || !source.tracks.allSatisfy(\.outcome.isOver)
      let spent = ProcessInfo.processInfo.systemUptime - last
      window.waitForEvents(timeout: isBusy ? max(0, Self.frameTime - spent) : 0.25)
      let now = ProcessInfo.processInfo.systemUptime
      playback.advance(by: now - last, lastStep: lastStep(of: source))
      last = now
      guard try frame(of: source) else { return }
    }
  }

  /// One frame: takes what was pressed and shows what is there; false to quit.
  private func frame(of source: some ViewerSource) throws -> Bool {
    for key in window.takeKeys() {
      guard perform(ViewerControls.request(of: key), source) else { return false }
    }
    let isTurning = followMouse(source)
    guard try draw(source, isMoving: isTurning) else { return false }
    window.swap()
    return true
  }

  /// Turns the camera for so many seconds and counts the frames: as much work as there can be.
  ///
  /// - Returns: frames a second, and the size of the window.
  /// - Throws: `ViewerError.openGL`.
  public func framesPerSecond(of source: some ViewerSource, seconds: Double) throws -> (
    rate: Double, width: Int, height: Int
  ) {
    let began = ProcessInfo.processInfo.systemUptime
    var (count, last) = (0, began)
    repeat {
      window.waitForEvents(timeout: 0)
      if var camera = orbit ?? home(of: source) {
        camera.turn(by: Vector2(1, 0))
        orbit = camera
      }
      let now = ProcessInfo.processInfo.systemUptime
      playback.advance(by: now - last, lastStep: lastStep(of: source))
      last = now
      _ = try draw(source, isMoving: true)
      window.swap()
      count += 1
    } while last - began < seconds
    orbit = nil
    return (Double(count) / (last - began), window.size.width, window.size.height)
  }

  /// Draws a step of the source a few times and reads the window: `[height, width, 3]`, sRGB.
  ///
  /// - Parameter frames: how often it is drawn first; widgets settle with the second time.
  /// - Throws: `ViewerError.openGL`.
  public func screenshot(of source: some ViewerSource, step: Int = 0, frames: Int = 2) throws
    -> RenderedImage
  {
    playback.isPlaying = false
    window.waitForEvents(timeout: 0)
    for number in 0..<max(1, frames) {
      // A window that has just changed its size has room for all of it after it has shown something.
      if number > 0 { window.swap() }
      playback.seek(step, lastStep: lastStep(of: source))
      _ = try draw(source, isMoving: false)
    }
    let (width, height) = window.size
    return RenderedImage(height: height, width: width, pixels: try window.readPixels())
  }

  // MARK: - Asking

  /// Does what a key asks; false to quit.
  func press(_ key: ViewerControls.Key, _ source: some ViewerSource) -> Bool {
    perform(ViewerControls.request(of: key), source)
  }

  /// The step that is shown.
  var step: Int { playback.step }

  /// Makes the window this large.
  func resize(width: Int, height: Int) {
    window.resize(width: width, height: height)
    window.waitForEvents(timeout: 0.05)
  }

  func lastStep(of source: some ViewerSource) -> Int {
    Playback.lastStep(of: source.tracks.map { ($0.count, $0.outcome.isOver) })
  }

  func perform(_ request: ViewerControls.Request, _ source: some ViewerSource) -> Bool {
    let last = lastStep(of: source)
    switch request {
    case .play:
      // At the end there is nothing left to play but all of it again.
      let isAtEnd = playback.step >= last && source.tracks.allSatisfy(\.outcome.isOver)
      if isAtEnd { playback.seek(0, lastStep: last) }
      playback.isPlaying = isAtEnd || !playback.isPlaying
    case .step(let count):
      // A single step means to look closely: it stops the play.
      playback.isPlaying = false
      playback.seek(playback.step + count, lastStep: last)
    case .restart: playback.seek(0, lastStep: last)
    case .episode(let offset):
      if let next = episodePanel.neighbor(of: source.selection, by: offset, in: source) {
        select(next, source)
      }
    case .speed(let places): playback.change(speedBy: places)
    case .resetCamera: orbit = nil
    case .region: showsRegion.toggle()
    case .video: source.makeVideo()
    case .fullScreen: setFullScreen(!isFullScreen)
    case .leave:
      guard isFullScreen else { return false }
      setFullScreen(false)
    }
    return true
  }

  private func setFullScreen(_ isOn: Bool) {
    isFullScreen = isOn
    window.setFullScreen(isOn)
    window.waitForEvents(timeout: 0.05)
  }

  func select(_ number: Int, _ source: some ViewerSource) {
    source.select(number)
    playback.seek(0, lastStep: 0)
    // Another episode may have another camera.
    orbit = nil
  }

  private func home(of source: some ViewerSource) -> OrbitCamera? {
    source.tracks.first?.moment(0).map { OrbitCamera(home: $0.frame.staticScene.camera) }
  }

  /// Moves the camera with the mouse and says whether it did.
  private func followMouse(_ source: some ViewerSource) -> Bool {
    let drag = window.takeDrag()
    let scroll = window.takeScroll()
    guard drag.turn != .zero || drag.shift != .zero || scroll != 0,
      var camera = orbit ?? home(of: source)
    else { return false }
    if drag.turn != .zero { camera.turn(by: drag.turn) }
    if drag.shift != .zero {
      camera.pan(by: drag.shift, windowHeight: Double(window.size.height))
    }
    if scroll != 0 { camera.zoom(by: scroll) }
    orbit = camera
    return true
  }
}
