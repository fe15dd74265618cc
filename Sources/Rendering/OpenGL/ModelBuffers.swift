internal import COpenGL
import Geometry

/// The triangles of a whole model at one level of detail, in the model's frame, ready to draw in one call.
final class ModelBuffers {
  private var vertexArray: GLuint = 0
  private var buffers: [GLuint] = [0, 0]
  private let indexCount: Int
  var triangleCount: Int { indexCount / 3 }

  /// As the shaders read it; 36 bytes.
  private struct Vertex {
    var position: (Float, Float, Float)
    var normal: UInt32  // three signed tens of bits
    var pattern: (Float, Float)
    var color: SIMD4<UInt8>  // sRGB, emission
    var secondColor: SIMD4<UInt8>  // sRGB, metallic
    var surface: SIMD4<UInt8>  // pattern layer, gloss
  }

  init(model: Model, pixelsPerMeter: Double) throws {
    var vertices: [Vertex] = []
    var indices: [UInt16] = []
    for part in model.parts {
      let mesh = Mesh(tessellating: part.shape, pixelsPerMeter: pixelsPerMeter)
      let base = vertices.count
      guard base + mesh.vertices.count <= 65536 else {
        throw RenderingError.invalidShape(
          "a model of more than 65536 corners; give it fewer or simpler parts")
      }
      let material = part.material
      func byte(_ value: Double) -> UInt8 { UInt8((min(1, max(0, value)) * 255).rounded()) }
      let color = SIMD4(material.color.bytes, byte(material.emission))
      let secondColor = SIMD4(material.secondColor.bytes, byte(material.metallic))
      let surface = SIMD4(
        UInt8(Pattern.layer(of: material.texture)), byte(material.gloss), 0, 0)
      let fills = material.texture.fillsFace
      let repeats = 1 / Float(max(material.textureScale, 1e-4))
      for vertex in mesh.vertices {
        let position = SIMD3<Float>(part.bodyFromShape * Vector3(vertex.position))
        let normal = SIMD3<Float>(part.bodyFromShape.rotation * Vector3(vertex.normal))
        let pattern = fills ? vertex.face : vertex.surface * repeats
        vertices.append(
          Vertex(
            position: (position.x, position.y, position.z), normal: packed(normal),
            pattern: (pattern.x, pattern.y), color: color, secondColor: secondColor,
            surface: surface))
      }
      indices.append(contentsOf: mesh.indices.map { UInt16(Int($0) + base) })
    }
    indexCount = indices.count

    glGenVertexArrays(1, &vertexArray)
    glGenBuffers(2, &buffers)
    glBindVertexArray(vertexArray)
    glBindBuffer(GLenum(GL_ARRAY_BUFFER), buffers[0])
    vertices.withUnsafeBytes {
      glBufferData(GLenum(GL_ARRAY_BUFFER), $0.count, $0.baseAddress, GLenum(GL_STATIC_DRAW))
    }
    glBindBuffer(GLenum(GL_ELEMENT_ARRAY_BUFFER), buffers[1])
    indices.withUnsafeBytes {
      glBufferData(
        GLenum(GL_ELEMENT_ARRAY_BUFFER), $0.count, $0.baseAddress, GLenum(GL_STATIC_DRAW))
    }
    let layout: [(size: GLint, type: Int32, normalized: Int32, offset: Int)] = [
      (3, GL_FLOAT, GL_FALSE, 0), (4, GL_INT_2_10_10_10_REV, GL_TRUE, 12),
      (2, GL_FLOAT, GL_FALSE, 16), (4, GL_UNSIGNED_BYTE, GL_TRUE, 24),
      (4, GL_UNSIGNED_BYTE, GL_TRUE, 28), (4, GL_UNSIGNED_BYTE, GL_TRUE, 32),
    ]
    for (i, field) in layout.enumerated() {
      glEnableVertexAttribArray(GLuint(i))
      glVertexAttribPointer(
        GLuint(i), field.size, GLenum(field.type), GLboolean(field.normalized),
        GLsizei(MemoryLayout<Vertex>.stride), UnsafeRawPointer(bitPattern: field.offset))
    }
    try checkOpenGL("uploading a model of \(indexCount / 3) triangles")
  }

  deinit {
    glDeleteVertexArrays(1, &vertexArray)
    glDeleteBuffers(2, buffers)
  }

  func draw() {
    glBindVertexArray(vertexArray)
    glDrawElements(GLenum(GL_TRIANGLES), GLsizei(indexCount), GLenum(GL_UNSIGNED_SHORT), nil)
  }

  /// Draws it so many times at once.
  func draw(times count: Int) {
    glBindVertexArray(vertexArray)
    glDrawElementsInstanced(
      GLenum(GL_TRIANGLES), GLsizei(indexCount), GLenum(GL_UNSIGNED_SHORT), nil, GLsizei(count))
  }
}

/// A unit vector as three signed ten-bit numbers.
private func packed(_ normal: SIMD3<Float>) -> UInt32 {
  func bits(_ value: Float) -> UInt32 {
    UInt32(bitPattern: Int32((min(1, max(-1, value)) * 511).rounded())) & 1023
  }
  return bits(normal.x) | bits(normal.y) << 10 | bits(normal.z) << 20
}
