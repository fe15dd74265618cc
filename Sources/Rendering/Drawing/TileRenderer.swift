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
    var pending: (sheet: TileSheet, reading: TileSheet.Reading)?
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
      let sheet = try drawn(
        width: scene.width, height: scene.height, Array(frames[start..<end]))
      let reading = try sheet.startReading(end - start)
      // The sheet before has come by now, while this one was drawn.
      if let pending { images += try pending.sheet.images(pending.reading) }
      pending = (sheet, reading)
      start = end
    }
    if let pending { images += try pending.sheet.images(pending.reading) }
    return images
  }

  private func drawn(width: Int, height: Int, _ frames: [Frame]) throws -> TileSheet {
    let key = SIMD2(width, height)
    let sheet = try sheets[key] ?? TileSheet(width: width, height: height)
    sheets[key] = sheet
    let views = frames.enumerated().map { index, frame in
      let scene = frame.staticScene
      return (
        frame: frame, casting: scene.instances + frame.moving,
        tile: ShadowTile(index: index, columns: TileSheet.columns),
        lighting: Lighting(scene.light, shadowSize: SceneRenderer.imageShadowSize),
        view: View(frame.viewingCamera, width: width, height: height, isTopDown: true)
      )
    }
    renderer.beginShadows(sheet.shadows)
    for each in views where each.lighting.castsShadow {
      try renderer.drawDepths(
        of: each.casting, from: each.lighting.lampView,
        size: SceneRenderer.imageShadowSize, tile: each.tile)
    }
    var maps = ShadowMaps(lamp: sheet.shadows)
    if views.contains(where: { $0.lighting.skyView != nil }) {
      let sky = try sheet.skyAtlas()
      renderer.beginShadows(sky)
      for each in views {
        guard let view = each.lighting.skyView else { continue }
        try renderer.drawDepths(
          of: each.casting, from: view,
          size: SceneRenderer.imageSkySize, tile: each.tile)
      }
      maps.sky = sky
    }
    renderer.begin(
      framebuffer: sheet.samples, width: 2 * width * TileSheet.columns,
      height: 2 * height * TileSheet.columns)
    for each in views {
      sheet.limitDrawing(to: each.tile)
      try renderer.drawBackground(
        each.frame.staticScene.background, from: each.view, options: [])
    }
    renderer.bind(maps)
    for isStatic in [true, false] {
      for isPatterned in [false, true] {
        for each in views {
          sheet.limitDrawing(to: each.tile)
          try renderer.draw(
            isStatic ? each.frame.staticScene.instances : each.frame.moving,
            patterned: isPatterned, from: each.view, lighting: each.lighting, tile: each.tile,
            options: (isStatic ? each.lighting.staticOptions : each.lighting.movingOptions)
              .union(.atlas))
        }
      }
    }
    return sheet
  }
}
