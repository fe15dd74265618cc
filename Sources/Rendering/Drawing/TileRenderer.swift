internal import COpenGL

/// Draws many frames at once into a sheet of tiles: the way of a GPU, which a single small image can't fill.
///
/// Everything is drawn anew for each frame, as in `ImageRenderer.referenceImage`, pass by pass over all tiles, so that programs
/// are seldom changed. Belongs to the thread that made it.
final class TileRenderer {
  private let renderer: SceneRenderer
  private var sheets: [SIMD2<Int>: TileSheet] = [:]

  init(renderer: SceneRenderer) { self.renderer = renderer }

  /// Images of frames of any sizes, in order; nil where the driver or the size does not allow tiles.
  func images(of frames: [Frame]) throws -> [RenderedImage]? {
    var images: [RenderedImage] = []
    var start = 0
    while start < frames.count {
      let scene = frames[start].staticScene
      guard TileSheet.isPossible(width: scene.width, height: scene.height) else { return nil }
      var end = start + 1
      while end < frames.count, end - start < TileSheet.capacity,
        frames[end].staticScene.width == scene.width,
        frames[end].staticScene.height == scene.height
      {
        end += 1
      }
      images += try sheet(width: scene.width, height: scene.height, Array(frames[start..<end]))
      start = end
    }
    return images
  }

  private func sheet(width: Int, height: Int, _ frames: [Frame]) throws -> [RenderedImage] {
    let key = SIMD2(width, height)
    let sheet = try sheets[key] ?? TileSheet(width: width, height: height)
    sheets[key] = sheet
    let views = frames.enumerated().map { index, frame in
      let scene = frame.staticScene
      return (
        frame: frame, tile: ShadowTile(index: index, columns: TileSheet.columns),
        lighting: Lighting(scene.light, shadowSize: SceneRenderer.imageShadowSize),
        view: View(scene.camera, width: width, height: height, isTopDown: true)
      )
    }
    try renderer.clearShadows(sheet.shadows)
    for each in views {
      try renderer.drawShadows(
        of: each.frame.staticScene.instances + each.frame.moving, lighting: each.lighting,
        into: sheet.shadows, tile: each.tile)
    }
    renderer.begin(
      framebuffer: sheet.samples, width: 2 * width * TileSheet.columns,
      height: 2 * height * TileSheet.columns)
    for each in views {
      sheet.bindSamples(of: each.tile)
      try renderer.drawBackground(
        each.frame.staticScene.background, from: each.view, options: [])
    }
    for isStatic in [true, false] {
      for each in views {
        sheet.bindSamples(of: each.tile)
        try renderer.draw(
          isStatic ? each.frame.staticScene.instances : each.frame.moving, from: each.view,
          lighting: each.lighting, shadows: sheet.shadows, tile: each.tile,
          options: isStatic ? [.perPixel, .soft, .atlas] : [.atlas])
      }
    }
    return try sheet.images(frames.count)
  }
}
