internal import COpenGL
import Threads

/// Many views of one size as tiles of one framebuffer, with their shadow maps in one atlas and one read-back.
///
/// Two by two samples a pixel are drawn and averaged as light by a last pass, which packs three bytes a pixel: what is read back
/// are the finished images, one after another.
final class TileSheet {
  /// Sides of the sheet [tiles]; a power of two, so that places in the atlas are exact.
  static let columns = 8
  static let capacity = columns * columns

  let width: Int
  let height: Int
  let samples: GLuint
  let shadows: ShadowMap
  private var sky: ShadowMap?
  private var sampleColors: GLuint = 0
  private var sampleDepths: GLuint = 0
  private var output: GLuint = 0
  private var outputColors: GLuint = 0
  private var emptyVertexArray: GLuint = 0
  private let packing: ShaderProgram
  /// What is read goes into these in turn, so that one can come while the next is drawn.
  private var buffers: [GLuint] = [0, 0]
  private var nextBuffer = 0

  /// - Parameters:
  ///   - width: of each image [pixels]; a multiple of four, since four bytes are packed at a time.
  ///   - height: of each image [pixels].
  init(width: Int, height: Int) throws {
    precondition(width.isMultiple(of: 4), "images \(width) pixels wide can't be packed")
    self.width = width
    self.height = height
    shadows = try ShadowMap(size: SceneRenderer.imageShadowSize * Self.columns)
    packing = try ShaderProgram(
      name: "packing", vertex: Shaders.screenVertex, fragment: Shaders.packingFragment)
    var framebuffers: [GLuint] = [0, 0]
    glGenFramebuffers(2, &framebuffers)
    (samples, output) = (framebuffers[0], framebuffers[1])
    glGenVertexArrays(1, &emptyVertexArray)
    let (across, down) = (2 * width * Self.columns, 2 * height * Self.columns)
    sampleColors = Self.texture(width: across, height: down)
    outputColors = Self.texture(width: width * 3 / 4, height: height * Self.capacity)
    glGenBuffers(2, &buffers)
    for buffer in buffers {
      glBindBuffer(GLenum(GL_PIXEL_PACK_BUFFER), buffer)
      glBufferData(
        GLenum(GL_PIXEL_PACK_BUFFER), width * height * 3 * Self.capacity, nil,
        GLenum(GL_STREAM_READ))
    }
    glBindBuffer(GLenum(GL_PIXEL_PACK_BUFFER), 0)
    glGenRenderbuffers(1, &sampleDepths)
    glBindRenderbuffer(GLenum(GL_RENDERBUFFER), sampleDepths)
    glRenderbufferStorage(
      GLenum(GL_RENDERBUFFER), GLenum(GL_DEPTH_COMPONENT24), GLsizei(across), GLsizei(down))
    for (framebuffer, colors) in [(samples, sampleColors), (output, outputColors)] {
      glBindFramebuffer(GLenum(GL_FRAMEBUFFER), framebuffer)
      glFramebufferTexture2D(
        GLenum(GL_FRAMEBUFFER), GLenum(GL_COLOR_ATTACHMENT0), GLenum(GL_TEXTURE_2D), colors, 0)
      if framebuffer == samples {
        glFramebufferRenderbuffer(
          GLenum(GL_FRAMEBUFFER), GLenum(GL_DEPTH_ATTACHMENT), GLenum(GL_RENDERBUFFER),
          sampleDepths)
      }
      let status = glCheckFramebufferStatus(GLenum(GL_FRAMEBUFFER))
      guard status == GLenum(GL_FRAMEBUFFER_COMPLETE) else {
        throw RenderingError.openGL(operation: "completing a sheet of tiles", code: status)
      }
    }
    try checkOpenGL("making a sheet of \(Self.capacity) tiles of \(width)×\(height)")
  }

  deinit {
    var framebuffers = [samples, output]
    glDeleteFramebuffers(2, &framebuffers)
    var textures = [sampleColors, outputColors]
    glDeleteTextures(2, &textures)
    glDeleteBuffers(2, buffers)
    glDeleteRenderbuffers(1, &sampleDepths)
    glDeleteVertexArrays(1, &emptyVertexArray)
  }

  /// Whether the driver has framebuffers large enough for images of this size, and they can be packed.
  static func isPossible(width: Int, height: Int) -> Bool {
    var limit: GLint = 0
    glGetIntegerv(GLenum(GL_MAX_TEXTURE_SIZE), &limit)
    let largest = max(2 * max(width, height) * columns, height * capacity)
    return width.isMultiple(of: 4) && largest <= Int(limit)
  }

  private static func texture(width: Int, height: Int) -> GLuint {
    var handle: GLuint = 0
    glGenTextures(1, &handle)
    glBindTexture(GLenum(GL_TEXTURE_2D), handle)
    glTexImage2D(
      GLenum(GL_TEXTURE_2D), 0, GL_RGBA8, GLsizei(width), GLsizei(height), 0, GLenum(GL_RGBA),
      GLenum(GL_UNSIGNED_BYTE), nil)
    glTexParameteri(GLenum(GL_TEXTURE_2D), GLenum(GL_TEXTURE_MIN_FILTER), GL_NEAREST)
    glTexParameteri(GLenum(GL_TEXTURE_2D), GLenum(GL_TEXTURE_MAG_FILTER), GL_NEAREST)
    return handle
  }

  /// The atlas of what the sky sees, made when first asked for.
  func skyAtlas() throws -> ShadowMap {
    if let sky { return sky }
    let made = try ShadowMap(size: SceneRenderer.imageSkySize * Self.columns)
    sky = made
    return made
  }

  /// Images that are on their way from the device.
  struct Reading {
    fileprivate let buffer: GLuint
    fileprivate let count: Int
  }

  /// Packs the first `count` tiles and starts to read them; the tiles may be drawn over at once.
  ///
  /// At most two readings may be under way.
  func startReading(_ count: Int) throws -> Reading {
    glBindFramebuffer(GLenum(GL_FRAMEBUFFER), output)
    let (across, down) = (GLsizei(width * 3 / 4), GLsizei(height * count))
    glViewport(0, 0, across, down)
    glDisable(GLenum(GL_DEPTH_TEST))
    glFrontFace(GLenum(GL_CCW))
    glActiveTexture(GLenum(GL_TEXTURE0))
    glBindTexture(GLenum(GL_TEXTURE_2D), sampleColors)
    packing.use()
    packing.set(.samples, Int32(0))
    packing.set(.imageHeight, Int32(height))
    packing.set(.imageWidth, Int32(width))
    packing.set(.columns, Int32(Self.columns))
    glBindVertexArray(emptyVertexArray)
    glDrawArrays(GLenum(GL_TRIANGLES), 0, 3)
    glEnable(GLenum(GL_DEPTH_TEST))
    defer { nextBuffer = 1 - nextBuffer }
    let buffer = buffers[nextBuffer]
    glBindBuffer(GLenum(GL_PIXEL_PACK_BUFFER), buffer)
    glReadPixels(0, 0, across, down, GLenum(GL_RGBA), GLenum(GL_UNSIGNED_BYTE), nil)
    glBindBuffer(GLenum(GL_PIXEL_PACK_BUFFER), 0)
    glFlush()
    try checkOpenGL("reading \(count) tiles")
    return Reading(buffer: buffer, count: count)
  }

  /// The images, once they have come.
  func images(_ reading: Reading) throws -> [RenderedImage] {
    let size = width * height * 3
    glBindBuffer(GLenum(GL_PIXEL_PACK_BUFFER), reading.buffer)
    defer { glBindBuffer(GLenum(GL_PIXEL_PACK_BUFFER), 0) }
    guard
      let bytes = glMapBufferRange(
        GLenum(GL_PIXEL_PACK_BUFFER), 0, size * reading.count, GLbitfield(GL_MAP_READ_BIT))
    else {
      try checkOpenGL("mapping \(reading.count) tiles")
      throw RenderingError.openGL(operation: "mapping \(reading.count) tiles", code: 0)
    }
    // Mapped until all have been copied. Fresh memory costs as much as the copying, so a few at a time side by side.
    nonisolated(unsafe) let mapped = bytes
    let runs = stride(from: 0, to: reading.count, by: Self.columns).map {
      $0..<min($0 + Self.columns, reading.count)
    }
    let images = concurrentMap(runs) { [width, height] run in
      run.map { index in
        RenderedImage(
          height: height, width: width,
          pixels: [UInt8](UnsafeRawBufferPointer(start: mapped + index * size, count: size)))
      }
    }.flatMap(\.self)
    glUnmapBuffer(GLenum(GL_PIXEL_PACK_BUFFER))
    try checkOpenGL("reading \(reading.count) tiles")
    return images
  }
}
