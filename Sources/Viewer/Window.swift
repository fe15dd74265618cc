internal import CGLFW
internal import CImGui
internal import COpenGL
import Foundation
import Geometry

/// A window with an OpenGL 3.3 context, its input, and ImGui running in it.
///
/// Belongs to the thread that made it; one at a time.
final class Window {
  private let handle: OpaquePointer
  private let input = Input()
  private var cursor = Vector2.zero

  /// What has arrived since it was last taken.
  private final class Input {
    var keys: [ViewerControls.Key] = []
    var scroll = 0.0
  }

  /// How the mouse has moved since the last time [pixels], and with which button down.
  struct Drag {
    var turn = Vector2.zero
    var shift = Vector2.zero
  }

  init(title: String, width: Int, height: Int, isVisible: Bool) throws {
    // GLFW and ImGui have one state each a process: a second window would end the first's.
    guard !CImGui_isRunning() else { throw ViewerError.alreadyOpen }
    guard glfwInit() == GLFW_TRUE else {
      throw ViewerError.noDisplay(reason: Window.lastError)
    }
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3)
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3)
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE)
    glfwWindowHint(GLFW_VISIBLE, isVisible ? GLFW_TRUE : GLFW_FALSE)
    guard let handle = glfwCreateWindow(Int32(width), Int32(height), title, nil, nil) else {
      let reason = Window.lastError
      glfwTerminate()
      throw ViewerError.noWindow(reason: reason)
    }
    self.handle = handle
    glfwMakeContextCurrent(handle)
    glfwSwapInterval(1)

    // C callbacks carry no state: the window's user pointer leads back to the input. It is not
    // retained, for it lives as long as the window does.
    glfwSetWindowUserPointer(handle, Unmanaged.passUnretained(input).toOpaque())
    glfwSetKeyCallback(handle) { window, key, _, action, _ in
      guard action != GLFW_RELEASE, let key = Window.key(key) else { return }
      Window.input(of: window)?.keys.append(key)
    }
    glfwSetScrollCallback(handle) { window, _, y in
      Window.input(of: window)?.scroll += y
    }
    // Where this throws, `deinit` ends the window: all properties have their values.
    guard CImGui_start(UnsafeMutableRawPointer(handle), Window.fontPath, 16) else {
      throw ViewerError.noWidgets
    }
  }

  deinit {
    CImGui_stop()
    glfwDestroyWindow(handle)
    glfwTerminate()
  }

  /// Size of what is drawn into [pixels].
  var size: (width: Int, height: Int) {
    var width: Int32 = 0
    var height: Int32 = 0
    glfwGetFramebufferSize(handle, &width, &height)
    return (Int(width), Int(height))
  }

  private var isFullScreen = false
  /// Place and size before full screen.
  private var before: (x: Int32, y: Int32, width: Int32, height: Int32) = (0, 0, 0, 0)

  /// Fills the screen with the window, or puts it back.
  func setFullScreen(_ isOn: Bool) {
    guard isOn != isFullScreen, let monitor = glfwGetPrimaryMonitor(),
      let mode = glfwGetVideoMode(monitor)?.pointee
    else { return }
    isFullScreen = isOn
    if isOn {
      var (x, y, width, height): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
      glfwGetWindowPos(handle, &x, &y)
      glfwGetWindowSize(handle, &width, &height)
      before = (x, y, width, height)
      glfwSetWindowMonitor(handle, monitor, 0, 0, mode.width, mode.height, mode.refreshRate)
    } else {
      glfwSetWindowMonitor(
        handle, nil, before.x, before.y, before.width, before.height, GLFW_DONT_CARE)
    }
  }

  /// Makes the window this large [pixels].
  func resize(width: Int, height: Int) { glfwSetWindowSize(handle, Int32(width), Int32(height)) }

  var shouldClose: Bool { glfwWindowShouldClose(handle) == GLFW_TRUE }

  /// Lets events arrive, for at most this long if there are none [s].
  func waitForEvents(timeout: Double) {
    if timeout > 0 { glfwWaitEventsTimeout(timeout) } else { glfwPollEvents() }
  }

  func takeKeys() -> [ViewerControls.Key] {
    defer { input.keys = [] }
    return CImGui_wantsKeys() ? [] : input.keys
  }

  func takeScroll() -> Double {
    defer { input.scroll = 0 }
    return CImGui_wantsMouse() ? 0 : input.scroll
  }

  func takeDrag() -> Drag {
    var x = 0.0
    var y = 0.0
    glfwGetCursorPos(handle, &x, &y)
    let moved = Vector2(x, y) - cursor
    cursor = Vector2(x, y)
    var drag = Drag()
    guard !CImGui_wantsMouse() else { return drag }
    if glfwGetMouseButton(handle, GLFW_MOUSE_BUTTON_LEFT) == GLFW_PRESS {
      drag.turn = moved
    } else if glfwGetMouseButton(handle, GLFW_MOUSE_BUTTON_RIGHT) == GLFW_PRESS
      || glfwGetMouseButton(handle, GLFW_MOUSE_BUTTON_MIDDLE) == GLFW_PRESS
    {
      drag.shift = moved
    }
    return drag
  }

  /// Shows what was drawn.
  func swap() { glfwSwapBuffers(handle) }

  /// Reads what was drawn: three bytes a pixel from the top left.
  func readPixels() throws -> [UInt8] {
    let (width, height) = size
    var bytes = [UInt8](repeating: 0, count: width * height * 3)
    glBindFramebuffer(GLenum(GL_READ_FRAMEBUFFER), 0)
    glReadBuffer(GLenum(GL_BACK))
    glPixelStorei(GLenum(GL_PACK_ALIGNMENT), 1)
    bytes.withUnsafeMutableBytes {
      glReadPixels(
        0, 0, GLsizei(width), GLsizei(height), GLenum(GL_RGB), GLenum(GL_UNSIGNED_BYTE),
        $0.baseAddress)
    }
    glPixelStorei(GLenum(GL_PACK_ALIGNMENT), 4)
    try checkOpenGL("reading the window")
    let row = width * 3
    return (0..<height).reversed().flatMap { bytes[$0 * row..<($0 + 1) * row] }
  }

  private static func input(of window: OpaquePointer?) -> Input? {
    glfwGetWindowUserPointer(window).map { Unmanaged<Input>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func key(_ code: Int32) -> ViewerControls.Key? {
    switch code {
    case GLFW_KEY_SPACE: .space
    case GLFW_KEY_PERIOD: .period
    case GLFW_KEY_COMMA: .comma
    case GLFW_KEY_RIGHT: .right
    case GLFW_KEY_LEFT: .left
    case GLFW_KEY_UP: .up
    case GLFW_KEY_DOWN: .down
    case GLFW_KEY_R: .r
    case GLFW_KEY_N: .n
    case GLFW_KEY_P: .p
    case GLFW_KEY_C: .c
    case GLFW_KEY_S: .s
    case GLFW_KEY_V: .v
    case GLFW_KEY_F, GLFW_KEY_F11: .f
    case GLFW_KEY_EQUAL, GLFW_KEY_KP_ADD: .plus
    case GLFW_KEY_MINUS, GLFW_KEY_KP_SUBTRACT: .minus
    case GLFW_KEY_Q: .q
    case GLFW_KEY_ESCAPE: .escape
    default: nil
    }
  }

  private static var lastError: String {
    var text: UnsafePointer<CChar>?
    glfwGetError(&text)
    return text.map { String(cString: $0) } ?? "GLFW gives no reason"
  }

  /// A font with more signs than ImGui's own, where there is one.
  private static let fontPath: String? = [
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
  ].first { FileManager.default.isReadableFile(atPath: $0) }
}

/// Throws what OpenGL has to complain about since it was last asked.
func checkOpenGL(_ operation: String) throws {
  let code = glGetError()
  guard code == GLenum(GL_NO_ERROR) else {
    throw ViewerError.openGL(operation: operation, code: code)
  }
}
