internal import COpenGL

/// Rows of four numbers that shaders look up by their number.
final class TableTexture {
  private var texture: GLuint = 0
  private var buffer: GLuint = 0

  init() throws {
    glGenBuffers(1, &buffer)
    glGenTextures(1, &texture)
    glBindBuffer(GLenum(GL_TEXTURE_BUFFER), buffer)
    glBindTexture(GLenum(GL_TEXTURE_BUFFER), texture)
    glTexBuffer(GLenum(GL_TEXTURE_BUFFER), GLenum(GL_RGBA32F), buffer)
    try checkOpenGL("making a table")
  }

  deinit {
    glDeleteTextures(1, &texture)
    glDeleteBuffers(1, &buffer)
  }

  /// Rows that a table may have with this driver, 65,536 at least.
  static var capacity: Int {
    var limit: GLint = 0
    glGetIntegerv(GLenum(GL_MAX_TEXTURE_BUFFER_SIZE), &limit)
    return Int(limit)
  }

  /// Makes these the rows, and looks them up in a unit.
  func set(_ rows: [SIMD4<Float>], unit: Int32) {
    glBindBuffer(GLenum(GL_TEXTURE_BUFFER), buffer)
    rows.withUnsafeBytes {
      glBufferData(GLenum(GL_TEXTURE_BUFFER), $0.count, $0.baseAddress, GLenum(GL_STREAM_DRAW))
    }
    glActiveTexture(GLenum(GL_TEXTURE0 + unit))
    glBindTexture(GLenum(GL_TEXTURE_BUFFER), texture)
  }
}
