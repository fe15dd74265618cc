internal import COpenGL
import Rendering

/// The free camera's picture of the scene: drawn with several samples a pixel, averaged, and kept
/// until something changes.
///
/// Belongs to the thread of its window.
final class SceneView {
  private let renderer: SceneRenderer
  private var samples: Target?
  private var picture: Target?
  private let isSoftware: Bool

  /// Memory to draw into.
  private final class Target {
    let width: Int
    let height: Int
    let sampleCount: Int
    private(set) var framebuffer: GLuint = 0
    private var renderbuffers: [GLuint] = [0, 0]

    init(width: Int, height: Int, sampleCount: Int) throws {
      self.width = width
      self.height = height
      self.sampleCount = sampleCount
      glGenFramebuffers(1, &framebuffer)
      glGenRenderbuffers(2, &renderbuffers)
      glBindFramebuffer(GLenum(GL_FRAMEBUFFER), framebuffer)
      for (buffer, format, attachment) in [
        (renderbuffers[0], GL_RGBA8, GL_COLOR_ATTACHMENT0),
        (renderbuffers[1], GL_DEPTH_COMPONENT24, GL_DEPTH_ATTACHMENT),
      ] {
        glBindRenderbuffer(GLenum(GL_RENDERBUFFER), buffer)
        glRenderbufferStorageMultisample(
          GLenum(GL_RENDERBUFFER), GLsizei(sampleCount), GLenum(format), GLsizei(width),
          GLsizei(height))
        glFramebufferRenderbuffer(
          GLenum(GL_FRAMEBUFFER), GLenum(attachment), GLenum(GL_RENDERBUFFER), buffer)
      }
      try checkOpenGL("making a picture of \(width)×\(height)")
    }

    deinit {
      glDeleteFramebuffers(1, &framebuffer)
      glDeleteRenderbuffers(2, renderbuffers)
    }
  }

  init() throws {
    renderer = try SceneRenderer(shadowSize: 1024)
    let name = glGetString(GLenum(GL_RENDERER)).map { String(cString: $0) } ?? ""
    isSoftware = name.contains("llvmpipe") || name.contains("softpipe")
  }

  /// Draws the scene anew.
  ///
  /// - Parameter isMoving: whether the picture will change again at once; a software renderer then
  ///   leaves edges rough to keep pace.
  func draw(_ frame: Frame, camera: Camera, width: Int, height: Int, isMoving: Bool) throws {
    let sampleCount = isSoftware && isMoving ? 0 : 4
    let samples = try target(
      &samples, width: width, height: height, sampleCount: sampleCount)
    try renderer.draw(
      frame, camera: camera, framebuffer: samples.framebuffer, width: width, height: height)
    let picture = try target(&picture, width: width, height: height, sampleCount: 0)
    copy(samples, to: picture.framebuffer, left: 0, bottom: 0)
  }

  /// Puts the picture into the window, its top left at (x, y).
  func show(x: Int, y: Int, windowHeight: Int) {
    guard let picture else { return }
    copy(picture, to: 0, left: x, bottom: windowHeight - y - picture.height)
  }

  private func copy(_ source: Target, to framebuffer: GLuint, left: Int, bottom: Int) {
    let (width, height) = (GLint(source.width), GLint(source.height))
    glBindFramebuffer(GLenum(GL_READ_FRAMEBUFFER), source.framebuffer)
    glBindFramebuffer(GLenum(GL_DRAW_FRAMEBUFFER), framebuffer)
    glBlitFramebuffer(
      0, 0, width, height, GLint(left), GLint(bottom), GLint(left) + width, GLint(bottom) + height,
      GLbitfield(GL_COLOR_BUFFER_BIT), GLenum(GL_NEAREST))
  }

  private func target(
    _ slot: inout Target?, width: Int, height: Int, sampleCount: Int
  ) throws -> Target {
    if let slot, slot.width == width, slot.height == height, slot.sampleCount == sampleCount {
      return slot
    }
    slot = nil
    let made = try Target(width: width, height: height, sampleCount: sampleCount)
    slot = made
    return made
  }
}
