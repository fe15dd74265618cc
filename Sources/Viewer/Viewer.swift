internal import CImGui
internal import COpenGL
import Foundation
import Rendering

/// A window on an episode: the scene from a camera one can turn, what the policy sees, and how it goes.
///
/// Belongs to the thread that makes it, which should be the main one; one at a time.
public final class Viewer {
  private let window: Window
  private let sceneView: SceneView
  private let observation: ImageTexture
  private var controls = ViewerControls(isPlaying: true)
  private var orbit: OrbitCamera?
  private var needsDrawing = true

  /// - Parameters:
  ///   - title: the window's.
  ///   - width: the window's width [pixels].
  ///   - height: the window's height [pixels].
  ///   - isVisible: false draws without showing, for screenshots.
  /// - Throws: `ViewerError.noDisplay`, `.noWindow` or `.alreadyOpen` if no window can be opened.
  public init(title: String, width: Int = 1120, height: Int = 720, isVisible: Bool = true) throws {
    window = try Window(title: title, width: width, height: height, isVisible: isVisible)
    sceneView = try SceneView()
    observation = ImageTexture()
  }

  /// Shows the source until the window is closed.
  ///
  /// - Parameters:
  ///   - stepsPerSecond: how fast an episode plays.
  ///   - isPlaying: whether it plays from the start or waits for a key.
  /// - Throws: what the source throws, or `ViewerError.openGL`.
  public func run(
    _ source: some ViewerSource, stepsPerSecond: Double = 5, isPlaying: Bool = true
  ) throws {
    controls.isPlaying = isPlaying
    let interval = 1 / max(stepsPerSecond, 0.01)
    var nextStep = ProcessInfo.processInfo.systemUptime + interval
    while !window.shouldClose {
      let isRunning = controls.isPlaying && !source.caption.outcome.isOver
      let wait = isRunning ? nextStep - ProcessInfo.processInfo.systemUptime : 0.25
      window.waitForEvents(timeout: min(0.25, max(0, wait)))
      for key in window.takeKeys() {
        guard try press(key, source) else { return }
      }
      let isTurning = followMouse(source)
      let now = ProcessInfo.processInfo.systemUptime
      if isRunning, now >= nextStep {
        try source.advance()
        needsDrawing = true
        nextStep = max(nextStep + interval, now)
      } else if !isRunning {
        nextStep = now + interval
      }
      try draw(source, isMoving: isTurning || isRunning)
      window.swap()
    }
  }

  /// Draws the source a few times and reads the window: `[height, width, 3]`, sRGB.
  ///
  /// - Parameter frames: how often it is drawn first; widgets settle with the second time.
  /// - Throws: what the source throws, or `ViewerError.openGL`.
  public func screenshot(of source: some ViewerSource, frames: Int = 2) throws -> RenderedImage {
    window.waitForEvents(timeout: 0)
    for _ in 0..<max(1, frames) {
      needsDrawing = true
      try draw(source, isMoving: false)
    }
    let (width, height) = window.size
    return RenderedImage(height: height, width: width, pixels: try window.readPixels())
  }

  /// Does what a key asks; false to quit.
  func press(_ key: ViewerControls.Key, _ source: some ViewerSource) throws -> Bool {
    needsDrawing = true
    switch controls.press(key) {
    case .advance: try source.advance()
    case .restart: try source.restart()
    case .next:
      try source.next()
      // Another episode may have another camera.
      orbit = nil
    case .resetCamera: orbit?.reset()
    case .quit: return false
    case nil: break
    }
    return true
  }

  /// Moves the camera with the mouse and says whether it did.
  private func followMouse(_ source: some ViewerSource) -> Bool {
    let drag = window.takeDrag()
    let scroll = window.takeScroll()
    guard drag.turn != .zero || drag.shift != .zero || scroll != 0 else { return false }
    var camera = orbit ?? OrbitCamera(home: source.frame.staticScene.camera)
    if drag.turn != .zero { camera.turn(by: drag.turn) }
    if drag.shift != .zero {
      camera.pan(by: drag.shift, windowHeight: Double(window.size.height))
    }
    if scroll != 0 { camera.zoom(by: scroll) }
    orbit = camera
    needsDrawing = true
    return true
  }

  private var wasMoving = false
  private var drawnSize = (width: 0, height: 0)

  private func draw(_ source: some ViewerSource, isMoving: Bool) throws {
    let (width, height) = window.size
    guard width > 0, height > 0 else { return }
    let image = source.observation
    let layout = ViewerLayout(
      width: width, height: height, observation: image.map { ($0.height, $0.width) })
    let frame = source.frame
    if needsDrawing || wasMoving != isMoving || drawnSize != (width, height) {
      try sceneView.draw(
        frame, camera: orbit?.camera ?? frame.staticScene.camera, width: layout.scene.width,
        height: layout.scene.height, isMoving: isMoving)
      needsDrawing = false
      wasMoving = isMoving
      drawnSize = (width, height)
    }
    glBindFramebuffer(GLenum(GL_FRAMEBUFFER), 0)
    glViewport(0, 0, GLsizei(width), GLsizei(height))
    glDisable(GLenum(GL_SCISSOR_TEST))
    let paper = CaptionPanel.paper
    glClearColor(paper.red, paper.green, paper.blue, 1)
    glClear(GLbitfield(GL_COLOR_BUFFER_BIT))
    sceneView.show(windowHeight: height)
    glBindFramebuffer(GLenum(GL_FRAMEBUFFER), 0)
    if let image { try observation.show(image) }
    CImGui_beginFrame()
    CaptionPanel(caption: source.caption, isPlaying: controls.isPlaying).show(in: layout.words)
    if image != nil {
      let inset = layout.inset
      CImGui_image(
        observation.handle, Float(inset.x), Float(inset.y), Float(inset.width),
        Float(inset.height))
    }
    CImGui_endFrame()
    try checkOpenGL("drawing the window")
  }
}
