internal import COpenGL

/// A static scene drawn once: its picture, and what moving things need of it.
final class StaticLayer {
  /// Kept so that the scene's identity is not used again while the layer stands for it.
  let scene: StaticScene
  let picture: StaticPicture
  /// The depth of its samples, two by two a pixel.
  let depth: Framebuffer
  let shadows: ShadowMap
  /// What the sky right above sees; nil where it lights everything alike.
  let sky: ShadowMap?

  /// - Parameters:
  ///   - color: two color images of two by two samples a pixel, to draw in.
  ///   - places: one image of floats of one sample a pixel, to draw in; two where there is a sky.
  init(
    scene: StaticScene, view: View, renderer: SceneRenderer, color: Framebuffer,
    places: Framebuffer
  ) throws {
    self.scene = scene
    let lighting = Lighting(scene.light, shadowSize: SceneRenderer.imageShadowSize)
    shadows = try ShadowMap(size: SceneRenderer.imageShadowSize)
    depth = try Framebuffer(width: color.width, height: color.height, colorFormats: [])
    try renderer.drawShadows(of: scene.instances, lighting: lighting, into: shadows)
    var shadowDepths = [UInt16](repeating: 0, count: shadows.size * shadows.size)
    shadows.read(into: &shadowDepths)
    var skyDepths: [UInt16] = []
    if let view = lighting.skyView {
      let map = try ShadowMap(size: SceneRenderer.imageSkySize)
      try renderer.drawDepths(of: scene.instances, from: view, into: map)
      skyDepths = [UInt16](repeating: 0, count: map.size * map.size)
      map.read(into: &skyDepths)
      sky = map
    } else {
      sky = nil
    }

    renderer.begin(framebuffer: color.handle, width: color.width, height: color.height)
    try renderer.drawBackground(scene.background, from: view, options: [.layers])
    try renderer.draw(
      scene.instances, from: view, lighting: lighting, maps: ShadowMaps(lamp: shadows),
      options: [.perPixel, .layers])
    depth.copyDepth(from: color)
    var unlit = [UInt8](repeating: 0, count: color.width * color.height * 4)
    var lit = unlit
    try color.read(color: 0, into: &unlit)
    try color.read(color: 1, into: &lit)

    renderer.begin(framebuffer: places.handle, width: places.width, height: places.height)
    try renderer.drawShadowPlaces(of: scene.instances, from: view, lighting: lighting)
    let skyLight = try sky.map { map in
      StaticPicture.Sky(
        places: try places.readFloats(color: 1),
        kernel: SkyKernel(lighting, mapSize: map.size), depths: skyDepths, mapSize: map.size)
    }
    picture = StaticPicture(
      width: scene.width, height: scene.height, unlitSamples: unlit, litSamples: lit,
      places: try places.readFloats(), kernel: sky == nil ? .crisp : .penumbra,
      shadowDepths: shadowDepths, shadowSize: shadows.size, sky: skyLight)
  }
}
