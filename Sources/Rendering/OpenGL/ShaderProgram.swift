internal import COpenGL

/// A linked vertex and fragment shader with its uniforms' places.
///
/// Belongs to the thread whose context was current when it was made.
final class ShaderProgram {
  /// What shaders are told, by the names that they have in their texts.
  enum Uniform: Int, CaseIterable {
    case clipFromModel, clipFromWorld, worldFromModel, eye, label
    case toLamp, lamp, sky, ground, top, bottom, patterns
    case shadows, shadowFromWorld, shadowOffset, shadowTap, penumbraStep
    case skyDepths, skyFromWorld, skyRadius, skyReach, skyRise
    case tiles, placed, firstPlaced, depthView, inside
    case samples, imageWidth, imageHeight, columns
  }

  private let program: GLuint
  /// By `Uniform`; −1, which OpenGL ignores, where the compiler found no use for one.
  private let locations: [GLint]

  init(name: String, vertex: String, fragment: String) throws {
    program = glCreateProgram()
    for (kind, source) in [(GL_VERTEX_SHADER, vertex), (GL_FRAGMENT_SHADER, fragment)] {
      let shader = glCreateShader(GLenum(kind))
      defer { glDeleteShader(shader) }
      ("#version 330 core\n" + source).withCString { text in
        var pointer: UnsafePointer<GLchar>? = text
        glShaderSource(shader, 1, &pointer, nil)
      }
      glCompileShader(shader)
      var compiled: GLint = 0
      glGetShaderiv(shader, GLenum(GL_COMPILE_STATUS), &compiled)
      guard compiled != 0 else {
        let log = ShaderProgram.log { glGetShaderInfoLog(shader, $0, $1, $2) }
        throw RenderingError.shader(
          name: "\(name) (\(kind == GL_VERTEX_SHADER ? "vertex" : "fragment"))", log: log)
      }
      glAttachShader(program, shader)
    }
    glLinkProgram(program)
    var linked: GLint = 0
    glGetProgramiv(program, GLenum(GL_LINK_STATUS), &linked)
    guard linked != 0 else {
      let log = ShaderProgram.log { [program] in glGetProgramInfoLog(program, $0, $1, $2) }
      throw RenderingError.shader(name: "\(name) (linking)", log: log)
    }
    locations = Uniform.allCases.map { [program] in glGetUniformLocation(program, "\($0)") }
  }

  deinit { glDeleteProgram(program) }

  func use() { glUseProgram(program) }

  func set(_ uniform: Uniform, _ value: Int32) { glUniform1i(location(uniform), value) }

  func set(_ uniform: Uniform, _ value: Float) { glUniform1f(location(uniform), value) }

  func set(_ uniform: Uniform, _ value: SIMD2<Float>) {
    glUniform2f(location(uniform), value.x, value.y)
  }

  func set(_ uniform: Uniform, _ value: SIMD3<Float>) {
    glUniform3f(location(uniform), value.x, value.y, value.z)
  }

  func set(_ uniform: Uniform, _ value: Matrix4) {
    var value = value
    let location = location(uniform)
    withUnsafeBytes(of: &value.columns) { bytes in
      glUniformMatrix4fv(
        location, 1, GLboolean(GL_FALSE), bytes.assumingMemoryBound(to: GLfloat.self).baseAddress)
    }
  }

  private func location(_ uniform: Uniform) -> GLint { locations[uniform.rawValue] }

  private static func log(
    _ read: (GLsizei, UnsafeMutablePointer<GLsizei>?, UnsafeMutablePointer<GLchar>?) -> Void
  ) -> String {
    var length: GLsizei = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      buffer.withMemoryRebound(to: GLchar.self) { read(4096, &length, $0.baseAddress) }
      count = min(4096, max(0, Int(length)))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
