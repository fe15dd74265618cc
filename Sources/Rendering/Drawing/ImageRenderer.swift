internal import COpenGL

/// Renders frames to bytes in memory with a headless context of its own.
///
/// Four samples a pixel are averaged to smooth edges. What is static is drawn once a scene and kept
/// with its depth and its shadows; each frame draws only what moves, and the compositor joins the two.
/// Belongs to the thread that made it.
final class ImageRenderer {
  private let context: HeadlessContext
  private let renderer: SceneRenderer
  private let shadows: ShadowMap
  private var shadowDepths: [UInt16]
  /// What the sky right above sees.
  private let sky: ShadowMap
  private var skyDepths: [UInt16]
  private var samples: [UInt8] = []
  private var compositor = Compositor()
  private var layers: [ObjectIdentifier: (layer: StaticLayer, lastUse: Int)] = [:]
  private let layerCapacity: Int
  private var clock = 0
  private var targets: [Target: Framebuffer] = [:]
  private let tiles: TileRenderer
  let description: String
  /// Whether the processor draws.
  var isSoftware: Bool { description.contains("llvmpipe") || description.contains("softpipe") }

  /// A framebuffer's purpose and size.
  private struct Target: Hashable {
    enum Purpose { case color, layers, places, placesWithSky, labels }
    let purpose: Purpose
    let width: Int
    let height: Int
  }

  /// - Parameters:
  ///   - index: how many renderers the pool has made before this one.
  ///   - scenesKept: static scenes kept before the one unused for longest goes.
  init(device: RenderingDevice, index: Int, scenesKept: Int) throws {
    layerCapacity = max(1, scenesKept)
    context = try HeadlessContext(device: device, index: index)
    renderer = try SceneRenderer()
    tiles = TileRenderer(renderer: renderer)
    shadows = try ShadowMap(size: SceneRenderer.imageShadowSize)
    shadowDepths = [UInt16](repeating: 0, count: shadows.size * shadows.size)
    sky = try ShadowMap(size: SceneRenderer.imageSkySize)
    skyDepths = [UInt16](repeating: 0, count: sky.size * sky.size)
    description = [GL_RENDERER, GL_VERSION].map { name in
      glGetString(GLenum(name)).map { String(cString: $0) } ?? "unknown"
    }.joined(separator: ", OpenGL ")
  }

  private var maps: ShadowMaps { ShadowMaps(lamp: shadows, sky: sky) }

  // MARK: - Color

  /// Pictures of many frames: one after another in software, as tiles of one framebuffer on a GPU.
  func images(of frames: [Frame]) throws -> [RenderedImage] {
    if !isSoftware, let images = try tiledImages(of: frames) { return images }
    return try frames.map(image(of:))
  }

  /// As tiles; nil where the driver or the size does not allow it.
  func tiledImages(of frames: [Frame]) throws -> [RenderedImage]? {
    try tiles.images(of: frames)
  }

  func image(of frame: Frame) throws -> RenderedImage {
    if frame.camera != nil { return try referenceImage(of: frame) }
    let scene = frame.staticScene
    let layer = try layer(of: scene)
    let lighting = Lighting(scene.light, shadowSize: SceneRenderer.imageShadowSize)
    shadows.copy(from: layer.shadows)
    try renderer.drawShadows(of: frame.moving, lighting: lighting, into: shadows, clears: false)
    shadows.read(into: &shadowDepths)
    if let view = lighting.skyView, let still = layer.sky {
      sky.copy(from: still)
      try renderer.drawDepths(of: frame.moving, from: view, into: sky, clears: false)
      sky.read(into: &skyDepths)
    }

    let target = try target(.color, scene, scale: 2)
    target.copyDepth(from: layer.depth)
    renderer.begin(
      framebuffer: target.handle, width: target.width, height: target.height, clearsDepth: false)
    try renderer.draw(
      frame.moving, from: view(of: scene), lighting: lighting, maps: maps,
      options: lighting.movingOptions)
    try readSamples(target)
    return RenderedImage(
      height: scene.height, width: scene.width,
      pixels: compositor.image(
        of: layer.picture, samples: samples, shadowDepths: shadowDepths, skyDepths: skyDepths))
  }

  /// The same picture without layers: everything drawn, lit and shadowed at once, as a camera that moves needs it.
  func referenceImage(of frame: Frame) throws -> RenderedImage {
    let scene = frame.staticScene
    let lighting = Lighting(scene.light, shadowSize: SceneRenderer.imageShadowSize)
    let view = view(of: frame)
    try renderer.drawShadows(
      of: scene.instances + frame.moving, lighting: lighting, into: shadows)
    if let view = lighting.skyView {
      try renderer.drawDepths(of: scene.instances + frame.moving, from: view, into: sky)
    }
    let target = try target(.color, scene, scale: 2)
    renderer.begin(framebuffer: target.handle, width: target.width, height: target.height)
    try renderer.drawBackground(scene.background, from: view, options: [])
    try renderer.draw(
      scene.instances, from: view, lighting: lighting, maps: maps,
      options: lighting.staticOptions)
    try renderer.draw(
      frame.moving, from: view, lighting: lighting, maps: maps, options: lighting.movingOptions)
    try readSamples(target)
    let light = averagedLight(samples, width: scene.width, height: scene.height)
    return RenderedImage(
      height: scene.height, width: scene.width,
      pixels: light.map { LinearLight.encoded[Int($0)] })
  }

  private func readSamples(_ target: Framebuffer) throws {
    let count = target.width * target.height * 4
    if samples.count != count { samples = [UInt8](repeating: 0, count: count) }
    try target.read(into: &samples)
  }

  /// The static scene's layer: the one kept, or a new one.
  private func layer(of scene: StaticScene) throws -> StaticLayer {
    let key = ObjectIdentifier(scene)
    clock += 1
    if let found = layers[key] {
      layers[key]?.lastUse = clock
      return found.layer
    }
    if layers.count >= layerCapacity {
      let stalest = layers.min { $0.value.lastUse < $1.value.lastUse }
      if let stalest { layers[stalest.key] = nil }
    }
    let made = try StaticLayer(
      scene: scene, view: view(of: scene), renderer: renderer,
      color: target(.layers, scene, scale: 2),
      places: target(scene.light.shading == .soft ? .placesWithSky : .places, scene, scale: 1))
    layers[key] = (made, clock)
    return made
  }

  private func view(of frame: Frame) -> View {
    let scene = frame.staticScene
    return View(
      frame.viewingCamera, width: scene.width, height: scene.height, isTopDown: true)
  }

  private func view(of scene: StaticScene) -> View {
    View(scene.camera, width: scene.width, height: scene.height, isTopDown: true)
  }

  private func target(_ purpose: Target.Purpose, _ scene: StaticScene, scale: Int) throws
    -> Framebuffer
  {
    let key = Target(
      purpose: purpose, width: scene.width * scale, height: scene.height * scale)
    if let found = targets[key] { return found }
    let formats: [Int32] =
      switch purpose {
      case .color, .labels: [GL_RGBA8]
      case .layers: [GL_RGBA8, GL_RGBA8]
      case .places: [GL_RGBA32F]
      case .placesWithSky: [GL_RGBA32F, GL_RGBA32F]
      }
    let made = try Framebuffer(width: key.width, height: key.height, colorFormats: formats)
    targets[key] = made
    return made
  }

  // MARK: - Labels and depth

  /// Labels of many frames: one after another in software, as tiles of one framebuffer on a GPU.
  func labels(of frames: [Frame]) throws -> [LabelImage] {
    let asTiles =
      !isSoftware
      && frames.allSatisfy {
        TileSheet.isPossible(width: $0.staticScene.width, height: $0.staticScene.height)
      }
    return asTiles ? try tiledLabels(of: frames) : try frames.map(labels(of:))
  }

  /// As tiles, with one read-back for up to `TileSheet.capacity` frames of one size.
  func tiledLabels(of frames: [Frame]) throws -> [LabelImage] {
    var images: [LabelImage] = []
    while images.count < frames.count {
      let rest = frames[images.count...].prefix(TileSheet.capacity)
      let (width, height) = (
        rest.first?.staticScene.width ?? 0, rest.first?.staticScene.height ?? 0
      )
      images += try labelSheet(
        of: Array(rest.prefix { $0.staticScene.width == width && $0.staticScene.height == height }))
    }
    return images
  }

  private func labelSheet(of frames: [Frame]) throws -> [LabelImage] {
    guard let scene = frames.first?.staticScene else { return [] }
    let (width, height) = (scene.width, scene.height)
    let columns = TileSheet.columns
    let rows = (frames.count + columns - 1) / columns
    let key = Target(purpose: .labels, width: width * columns, height: height * rows)
    let sheet =
      try targets[key]
      ?? Framebuffer(width: key.width, height: key.height, colorFormats: [GL_RGBA8])
    targets[key] = sheet
    renderer.begin(framebuffer: sheet.handle, width: sheet.width, height: sheet.height)
    for (index, frame) in frames.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      glViewport(GLint(width * column), GLint(height * row), GLsizei(width), GLsizei(height))
      try renderer.drawLabels(
        frame.staticScene.instances + frame.moving, from: view(of: frame))
    }
    try readSamples(sheet)
    return frames.indices.map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      var labels = [UInt16](repeating: 0, count: width * height)
      for y in 0..<height {
        let first = ((row * height + y) * sheet.width + column * width) * 4
        for x in 0..<width {
          labels[y * width + x] =
            UInt16(samples[first + 4 * x]) | UInt16(samples[first + 4 * x + 1]) << 8
        }
      }
      return LabelImage(height: height, width: width, labels: labels)
    }
  }

  func labels(of frame: Frame) throws -> LabelImage {
    let scene = frame.staticScene
    let target = try drawLabels(of: frame)
    try readSamples(target)
    return LabelImage(
      height: scene.height, width: scene.width,
      labels: (0..<scene.width * scene.height).map {
        UInt16(samples[4 * $0]) | UInt16(samples[4 * $0 + 1]) << 8
      })
  }

  func depth(of frame: Frame) throws -> DepthImage {
    let scene = frame.staticScene
    let camera = frame.viewingCamera
    let (near, far) = (Float(camera.nearDistance), Float(camera.farDistance))
    let depths = try drawLabels(of: frame).readDepth()
    return DepthImage(
      height: scene.height, width: scene.width,
      distances: depths.map { $0 < 1 ? near * far / (far - $0 * (far - near)) : .infinity })
  }

  private func drawLabels(of frame: Frame) throws -> Framebuffer {
    let scene = frame.staticScene
    let target = try target(.labels, scene, scale: 1)
    renderer.begin(framebuffer: target.handle, width: target.width, height: target.height)
    try renderer.drawLabels(scene.instances + frame.moving, from: view(of: frame))
    return target
  }
}
