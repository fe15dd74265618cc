internal import CEGL
internal import COpenGL

/// An OpenGL 3.3 core context without a window, current on the thread that made it.
final class HeadlessContext {
  private let display: EGLDisplay
  private let context: EGLContext

  /// - Parameter index: how many contexts the process made before, so that they spread over displays.
  init(device: RenderingDevice, index: Int) throws {
    let displays = try HeadlessDisplays.open(for: device)
    display = displays[index % displays.count]
    guard eglBindAPI(EGLenum(EGL_OPENGL_API)) == EGLBoolean(EGL_TRUE) else {
      throw RenderingError.noDriver(reason: "eglBindAPI offers no desktop OpenGL")
    }
    // A context that only draws into framebuffers of its own needs nothing of a window's.
    let configAttributes: [EGLint] = [
      EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE,
    ]
    var config: EGLConfig?
    var count: EGLint = 0
    guard eglChooseConfig(display, configAttributes, &config, 1, &count) == EGLBoolean(EGL_TRUE),
      count > 0
    else { throw RenderingError.noDriver(reason: "eglChooseConfig finds no OpenGL configuration") }
    let contextAttributes: [EGLint] = [
      EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 3,
      EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE,
    ]
    guard let context = eglCreateContext(display, config, nil, contextAttributes) else {
      throw RenderingError.noDriver(reason: "eglCreateContext \(HeadlessDisplays.lastError)")
    }
    self.context = context
    guard eglMakeCurrent(display, nil, nil, context) == EGLBoolean(EGL_TRUE) else {
      throw RenderingError.noDriver(reason: "eglMakeCurrent \(HeadlessDisplays.lastError)")
    }
  }

  deinit {
    eglMakeCurrent(display, nil, nil, nil)
    eglDestroyContext(display, context)
  }
}
