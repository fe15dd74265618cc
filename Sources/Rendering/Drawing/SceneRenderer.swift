internal import COpenGL
import Geometry

/// Draws scenes with whatever OpenGL 3.3 core context is current on this thread.
///
/// The headless pool and the window share it. It keeps the programs and the triangles of the models
/// it has seen. Belongs to one thread and one context for all its life.
public final class SceneRenderer {
  /// Side of the shadow maps of images of a few hundred pixels [texels].
  static let imageShadowSize = 256
  /// Side of the maps of what the sky sees of them [texels].
  static let imageSkySize = imageShadowSize / Lighting.shadowTexelsPerSkyTexel

  /// Texture units.
  private static let (patternUnit, shadowUnit, skyUnit): (Int32, Int32, Int32) = (0, 1, 2)
  static let (tileUnit, placedUnit): (Int32, Int32) = (3, 4)

  private let patterns: PatternTexture
  private let shadowMap: ShadowMap
  /// For triangles whose corners shaders work out themselves.
  private(set) var emptyVertexArray: GLuint = 0
  private var library = ModelLibrary()
  private var programs: [ProgramKey: ShaderProgram] = [:]

  enum Kind: String {
    case scene, background, depth, label, shadowPlace
  }

  private struct ProgramKey: Hashable {
    let kind: Kind
    let options: Shaders.Options
  }

  /// - Parameter shadowSize: side of the shadow map [texels], 64…4096; the larger, the crisper.
  /// - Throws: `RenderingError.openGL` if the current context is no OpenGL 3.3 core.
  public init(shadowSize: Int = 256) throws {
    patterns = try PatternTexture()
    shadowMap = try ShadowMap(size: min(4096, max(64, shadowSize)))
    glGenVertexArrays(1, &emptyVertexArray)
    try checkOpenGL("preparing to draw")
  }

  deinit { glDeleteVertexArrays(1, &emptyVertexArray) }

  // MARK: - Everything at once

  /// Draws a whole frame into a framebuffer, for looking at: lit at every pixel, sRGB-encoded.
  ///
  /// - Parameters:
  ///   - camera: from where; nil for the scene's own camera.
  ///   - framebuffer: OpenGL's number of it, 0 for the window's; it needs a depth buffer.
  ///   - width: the framebuffer's width [pixels].
  ///   - height: the framebuffer's height [pixels].
  /// - Throws: `RenderingError.shader` or `.openGL` when the driver fails.
  public func draw(
    _ frame: Frame, camera: Camera? = nil, framebuffer: UInt32, width: Int, height: Int
  ) throws {
    let scene = frame.staticScene
    let view = View(camera ?? scene.camera, width: width, height: height, isTopDown: false)
    let instances = scene.instances + frame.moving
    // Wide windows have too many pixels for soft light in software.
    var light = scene.light
    light.shading = .plain
    let lighting = Lighting(light, shadowSize: shadowMap.size)
    try drawShadows(of: instances, lighting: lighting, into: shadowMap)
    begin(framebuffer: framebuffer, width: width, height: height)
    try drawBackground(scene.background, from: view, options: [.exactSRGB])
    try draw(
      instances, from: view, lighting: lighting, maps: ShadowMaps(lamp: shadowMap),
      options: [.perPixel, .soft, .exactSRGB])
    try checkOpenGL("drawing a frame of \(instances.count) instances")
  }

  // MARK: - The layers

  /// Sets the target of what is drawn next, and empties it.
  func begin(framebuffer: GLuint, width: Int, height: Int, clearsDepth: Bool = true) {
    glBindFramebuffer(GLenum(GL_FRAMEBUFFER), framebuffer)
    glViewport(0, 0, GLsizei(width), GLsizei(height))
    setState()
    glClearColor(0, 0, 0, 0)
    glClear(
      GLbitfield(clearsDepth ? GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT : GL_COLOR_BUFFER_BIT))
  }

  /// What every pass relies on; a window's widgets leave it otherwise.
  func setState() {
    glEnable(GLenum(GL_DEPTH_TEST))
    glDepthFunc(GLenum(GL_LEQUAL))
    glDepthMask(GLboolean(GL_TRUE))
    glEnable(GLenum(GL_CULL_FACE))
    glFrontFace(GLenum(GL_CCW))
    glDisable(GLenum(GL_BLEND))
    glDisable(GLenum(GL_SCISSOR_TEST))
    glDisable(GLenum(GL_FRAMEBUFFER_SRGB))
  }

  /// Draws what casts shadows as the lamp sees it, over what the map already holds unless `clears`.
  func drawShadows(
    of instances: [Instance], lighting: Lighting, into map: ShadowMap, clears: Bool = true
  ) throws {
    try drawDepths(
      of: lighting.castsShadow ? instances : [], from: lighting.lampView, into: map,
      clears: clears)
  }

  /// Draws how far what casts shadows is along a view, over what the map already holds unless `clears`.
  func drawDepths(
    of instances: [Instance], from view: DepthView, into map: ShadowMap, clears: Bool = true
  ) throws {
    map.bindFramebuffer()
    setState()
    if clears { glClear(GLbitfield(GL_DEPTH_BUFFER_BIT)) }
    guard !instances.isEmpty else { return }
    // The outermost texels stay empty, so that looking past the edge finds light.
    let margin = ShadowPlace.margin
    let inside = GLsizei(map.size - 2 * margin)
    glEnable(GLenum(GL_SCISSOR_TEST))
    glScissor(GLint(margin), GLint(margin), inside, inside)
    defer { glDisable(GLenum(GL_SCISSOR_TEST)) }
    let program = try program(.depth)
    program.use()
    for instance in instances where instance.castsShadow {
      program.set(.clipFromModel, view.clipFromWorld * Matrix4(instance.worldFromModel))
      try buffers(for: instance, from: view).draw()
    }
  }

  func drawBackground(_ background: Background, from view: View, options: Shaders.Options)
    throws
  {
    let program = try program(.background, options)
    glDepthMask(GLboolean(GL_FALSE))
    program.use()
    let colors = background.colors(from: view)
    program.set(.top, colors.top)
    program.set(.bottom, colors.bottom)
    glBindVertexArray(emptyVertexArray)
    glFrontFace(GLenum(GL_CCW))
    glDrawArrays(GLenum(GL_TRIANGLES), 0, 3)
    glDepthMask(GLboolean(GL_TRUE))
  }

  /// Draws instances in color into the current framebuffer.
  func draw(
    _ instances: [Instance], from view: View, lighting: Lighting, maps: ShadowMaps,
    options: Shaders.Options
  ) throws {
    bind(maps)
    // Plain models first: looking up a pattern that is not there costs as much as one that is.
    for isPatterned in [false, true] {
      guard instances.contains(where: { $0.model.isPatterned == isPatterned }) else { continue }
      let program = try program(.scene, isPatterned ? options.union(.patterned) : options)
      program.use()
      lighting.apply(to: program)
      try draw(instances, from: view, with: program) { $0.isPatterned == isPatterned }
    }
  }

  /// Makes patterns and shadows those that are looked up next.
  func bind(_ maps: ShadowMaps) {
    patterns.bind(unit: Self.patternUnit)
    maps.lamp.bindTexture(unit: Self.shadowUnit)
    maps.sky?.bindTexture(unit: Self.skyUnit)
  }

  /// Writes where in the shadow map each pixel is looked up, as three floats, and where in the sky's into a second image.
  func drawShadowPlaces(of instances: [Instance], from view: View, lighting: Lighting) throws {
    let program = try program(.shadowPlace, lighting.skyView == nil ? [] : [.skyAtPixels])
    program.use()
    lighting.apply(to: program)
    try draw(instances, from: view, with: program)
  }

  private func draw(
    _ instances: [Instance], from view: View, with program: ShaderProgram,
    where isChosen: (Model) -> Bool = { _ in true }
  ) throws {
    setFrontFace(for: view)
    program.set(.clipFromWorld, view.clipFromWorld)
    program.set(.eye, view.eye)
    for instance in instances where isChosen(instance.model) {
      program.set(.worldFromModel, Matrix4(instance.worldFromModel))
      try buffers(for: instance, from: view).draw()
    }
  }

  /// Draws each instance's label in red (low byte) and green (high byte), with hard edges.
  func drawLabels(_ instances: [Instance], from view: View) throws {
    let program = try program(.label)
    program.use()
    setFrontFace(for: view)
    for instance in instances {
      program.set(.clipFromModel, view.clipFromWorld * Matrix4(instance.worldFromModel))
      program.set(
        .label,
        SIMD2<Float>(Float(instance.label & 255) / 255, Float(instance.label >> 8) / 255))
      try buffers(for: instance, from: view).draw()
    }
  }

  /// Drawing upside down turns triangles over.
  private func setFrontFace(for view: View) {
    glFrontFace(GLenum(view.isTopDown ? GL_CW : GL_CCW))
  }

  func buffers(for instance: Instance, from view: View) throws -> ModelBuffers {
    let center = instance.worldFromModel * instance.model.center
    return try library.buffers(
      for: instance.model, pixelsPerMeter: view.pixelsPerMeter(at: center))
  }

  func buffers(for instance: Instance, from view: DepthView) throws -> ModelBuffers {
    try library.buffers(for: instance.model, pixelsPerMeter: view.pixelsPerMeter)
  }

  // MARK: - Programs

  /// The program of a kind and variant, compiled when first asked for.
  func program(_ kind: Kind, _ options: Shaders.Options = []) throws -> ShaderProgram {
    let key = ProgramKey(kind: kind, options: options)
    if let found = programs[key] { return found }
    let (vertex, fragment) =
      switch kind {
      case .scene: (Shaders.sceneVertex, Shaders.sceneFragment)
      case .background: (Shaders.backgroundVertex, Shaders.backgroundFragment)
      case .depth: (Shaders.positionVertex, Shaders.nothingFragment)
      case .label: (Shaders.positionVertex, Shaders.labelFragment)
      case .shadowPlace: (Shaders.sceneVertex, Shaders.shadowPlaceFragment)
      }
    let made = try ShaderProgram(
      name: kind.rawValue, vertex: Shaders.text(vertex, options),
      fragment: Shaders.text(fragment, options))
    // Each unit holds the same all the time; a program that looks up nothing there ignores it.
    made.use()
    made.set(.patterns, Self.patternUnit)
    made.set(.shadows, Self.shadowUnit)
    made.set(.skyDepths, Self.skyUnit)
    made.set(.tiles, Self.tileUnit)
    made.set(.placed, Self.placedUnit)
    programs[key] = made
    return made
  }
}
