internal import CImGui
internal import COpenGL
import Foundation
import Geometry
import Rendering

/// A window on episodes: the scene from a camera one can turn, what the policy sees and does, and how it goes.
///
/// Belongs to the thread that makes it, which should be the main one; one at a time.
public final class Viewer {
  private let window: Window
  private var sceneViews: [SceneView] = []
  private var pictures: [ImageTexture] = []
  private var orbit: OrbitCamera?
  private var episodePanel = EpisodePanel()
  private var playback: Playback
  private var showsRegion = false
  private var isFullScreen = false
  /// What the scenes were drawn of, so that the same is not drawn again.
  private var drawn: Drawn?

  private struct Drawn: Equatable {
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
    for _ in 0..<max(1, frames) {
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

  private func lastStep(of source: some ViewerSource) -> Int {
    Playback.lastStep(of: source.tracks.map { ($0.count, $0.outcome.isOver) })
  }

  private func perform(_ request: ViewerControls.Request, _ source: some ViewerSource) -> Bool {
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
  }

  private func select(_ number: Int, _ source: some ViewerSource) {
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

  // MARK: - Drawing

  /// - Returns: false where somebody asked to quit.
  private func draw(_ source: some ViewerSource, isMoving: Bool) throws -> Bool {
    let (width, height) = window.size
    guard width > 0, height > 0 else { return true }
    let tracks = source.tracks
    let moments = tracks.map { $0.moment(playback.step) }
    let seen = moments.compactMap { $0?.observation }.first
    let layout = ViewerLayout(
      width: width, height: height, tracks: tracks.count,
      observation: seen.map { ($0.height, $0.width) }, isFullScreen: isFullScreen)
    try drawScenes(moments, source, layout, isMoving: isMoving)

    glBindFramebuffer(GLenum(GL_FRAMEBUFFER), 0)
    glViewport(0, 0, GLsizei(width), GLsizei(height))
    glDisable(GLenum(GL_SCISSOR_TEST))
    let (red, green, blue) = ViewerInk.components(ViewerInk.paper)
    glClearColor(red, green, blue, 1)
    glClear(GLbitfield(GL_COLOR_BUFFER_BIT))
    for (view, place) in zip(sceneViews, layout.scenes) {
      view.show(x: place.x, y: place.y, windowHeight: height)
    }
    glBindFramebuffer(GLenum(GL_FRAMEBUFFER), 0)
    for (number, moment) in moments.enumerated() {
      while pictures.count <= number { pictures.append(ImageTexture()) }
      if let image = moment?.observation { try pictures[number].show(image) }
    }
    CImGui_beginFrame()
    let isGoingOn = widgets(source, moments, layout)
    CImGui_endFrame()
    try checkOpenGL("drawing the window")
    return isGoingOn
  }

  private func drawScenes(
    _ moments: [ViewerMoment?], _ source: some ViewerSource, _ layout: ViewerLayout, isMoving: Bool
  ) throws {
    let now = Drawn(
      layout: layout, selection: source.selection,
      steps: source.tracks.map { min(playback.step, $0.count - 1) }, camera: orbit,
      isMoving: isMoving)
    guard now != drawn else { return }
    for (number, moment) in moments.enumerated() {
      guard let frame = moment?.frame else { return }
      if sceneViews.count <= number { sceneViews.append(try SceneView()) }
      let place = layout.scenes[number]
      try sceneViews[number].draw(
        frame, camera: orbit?.camera ?? frame.viewingCamera, width: place.width,
        height: place.height, isMoving: isMoving)
    }
    drawn = now
  }

  /// Lays out what stands over and beside the scenes; false where somebody asked to quit.
  private func widgets(
    _ source: some ViewerSource, _ moments: [ViewerMoment?], _ layout: ViewerLayout
  ) -> Bool {
    let tracks = source.tracks
    for (number, moment) in moments.enumerated() {
      guard let moment else { continue }
      let overlay = SceneOverlay(
        camera: orbit?.camera ?? moment.frame.viewingCamera, place: layout.scenes[number])
      overlay.begin()
      if showsRegion { overlay.draw(region: source.spawnRegion) }
      if let action = moment.action { overlay.draw(action) }
      let (title, ink) = self.title(of: tracks[number], among: tracks.count, source)
      overlay.draw(title: title, ink)
      overlay.end()
    }
    guard !isFullScreen else { return true }
    PolicyPanel(caption: source.caption, step: playback.step).show(tracks, in: layout.words)
    for (number, place) in layout.pictures.enumerated() {
      guard let moment = moments[number], moment.observation != nil else { continue }
      CImGui_image(
        pictures[number].handle, Float(place.x), Float(place.y), Float(place.width),
        Float(place.height))
      PolicyPanel(caption: source.caption, step: playback.step)
        .annotate(tracks[number], moment, in: place)
    }
    let chosen = episodePanel.show(source, in: layout.list)
    let last = lastStep(of: source)
    let isOver = tracks.allSatisfy(\.outcome.isOver)
    let wish = TransportPanel().show(
      playback, end: isOver ? last : source.caption.stepLimit, message: source.message,
      in: layout.transport)
    if let chosen { select(chosen, source) }
    switch wish {
    case .seek(let step):
      playback.isPlaying = false
      playback.seek(step, lastStep: last)
    case .request(let request): return perform(request, source)
    case nil: break
    }
    return true
  }

  /// What stands in a scene's corner: who acts, and how it stands at the step that is shown.
  private func title(of track: ViewerTrack, among count: Int, _ source: some ViewerSource) -> (
    String, UInt32
  ) {
    let isAtEnd = playback.step >= track.count - 1
    let outcome = track.outcome
    let name = isFullScreen ? "\(track.policy): \(source.caption.instruction)" : track.policy
    if outcome.isOver {
      return isAtEnd
        ? ("\(name) — \(outcome.words)", ViewerInk.ink(of: outcome)) : (name, ViewerInk.bright)
    }
    return (isAtEnd ? "\(name) — thinking" : name, ViewerInk.bright)
  }
}
