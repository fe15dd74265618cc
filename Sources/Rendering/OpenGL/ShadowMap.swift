internal import COpenGL

/// Depth seen from the lamp, compared with hardware filtering when looked up.
final class ShadowMap {
  let size: Int
  let framebuffer: GLuint
  private var texture: GLuint = 0

  init(size: Int) throws {
    self.size = size
    glGenTextures(1, &texture)
    glBindTexture(GLenum(GL_TEXTURE_2D), texture)
    glTexImage2D(
      GLenum(GL_TEXTURE_2D), 0, GL_DEPTH_COMPONENT16, GLsizei(size), GLsizei(size), 0,
      GLenum(GL_DEPTH_COMPONENT), GLenum(GL_UNSIGNED_SHORT), nil)
    for (parameter, value) in [
      (GL_TEXTURE_MIN_FILTER, GL_LINEAR), (GL_TEXTURE_MAG_FILTER, GL_LINEAR),
      (GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE), (GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE),
      (GL_TEXTURE_COMPARE_MODE, GL_COMPARE_REF_TO_TEXTURE), (GL_TEXTURE_COMPARE_FUNC, GL_LEQUAL),
    ] {
      glTexParameteri(GLenum(GL_TEXTURE_2D), GLenum(parameter), value)
    }
    var handle: GLuint = 0
    glGenFramebuffers(1, &handle)
    framebuffer = handle
    glBindFramebuffer(GLenum(GL_FRAMEBUFFER), framebuffer)
    glFramebufferTexture2D(
      GLenum(GL_FRAMEBUFFER), GLenum(GL_DEPTH_ATTACHMENT), GLenum(GL_TEXTURE_2D), texture, 0)
    glDrawBuffer(GLenum(GL_NONE))
    glReadBuffer(GLenum(GL_NONE))
    try checkOpenGL("making a shadow map of \(size)×\(size)")
  }

  deinit {
    var handle = framebuffer
    glDeleteFramebuffers(1, &handle)
    glDeleteTextures(1, &texture)
  }

  func bindTexture(unit: Int32) {
    glActiveTexture(GLenum(GL_TEXTURE0 + unit))
    glBindTexture(GLenum(GL_TEXTURE_2D), texture)
  }

  /// Fills the map with what another of the same size holds.
  func copy(from other: ShadowMap) {
    let side = GLint(size)
    glBindFramebuffer(GLenum(GL_READ_FRAMEBUFFER), other.framebuffer)
    glBindFramebuffer(GLenum(GL_DRAW_FRAMEBUFFER), framebuffer)
    glBlitFramebuffer(
      0, 0, side, side, 0, 0, side, side, GLbitfield(GL_DEPTH_BUFFER_BIT), GLenum(GL_NEAREST))
  }

  /// Copies the depths out, from the bottom row up, 65535 for the farthest.
  func read(into depths: inout [UInt16]) {
    glBindFramebuffer(GLenum(GL_READ_FRAMEBUFFER), framebuffer)
    depths.withUnsafeMutableBytes {
      glReadPixels(
        0, 0, GLsizei(size), GLsizei(size), GLenum(GL_DEPTH_COMPONENT),
        GLenum(GL_UNSIGNED_SHORT), $0.baseAddress)
    }
  }

  func bindFramebuffer() {
    glBindFramebuffer(GLenum(GL_FRAMEBUFFER), framebuffer)
    glViewport(0, 0, GLsizei(size), GLsizei(size))
  }
}

/// The maps of depths that light is looked up in.
struct ShadowMaps {
  let lamp: ShadowMap
  /// Seen from right above; read only by soft shading.
  var sky: ShadowMap?
}
