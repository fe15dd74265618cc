internal import COpenGL

/// Draws many frames at once into a sheet of tiles: the way of a GPU, which a single small image can't fill.
///
/// Everything is drawn anew for each frame, as in `ImageRenderer.referenceImage`, but things of one shape at once in all tiles: what
/// bounds a GPU is how often it is asked to draw. Belongs to the thread that made it.
final class TileRenderer {
  private let renderer: SceneRenderer
  private var sheets: [SIMD2<Int>: TileSheet] = [:]
  /// What shaders look up, filled anew for each sheet.
  private var tables: (tiles: TableTexture, placed: TableTexture)?

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
      guard
        let sheet = try drawn(
          width: scene.width, height: scene.height, Array(frames[start..<end]))
      else { return nil }
      let reading = try sheet.startReading(end - start)
      // The sheet before has come by now, while this one was drawn.
      if let pending { images += try pending.sheet.images(pending.reading) }
      pending = (sheet, reading)
      start = end
    }
    if let pending { images += try pending.sheet.images(pending.reading) }
    return images
  }

  /// A frame, and how it is looked at and lit.
  private struct Tile {
    let frame: Frame
    let lighting: Lighting
    let view: View
  }

  /// What is drawn in color by one program; what stands still goes first, and what has no patterns.
  private struct Layer: Hashable {
    let isMoving: Bool
    let isPatterned: Bool
    let options: Shaders.Options

    var order: Int {
      ((isMoving ? 2 : 0) + (isPatterned ? 1 : 0)) << 16 + options.rawValue
    }
  }

  /// - Returns: nil where the driver's tables are too short for so many things.
  private func drawn(width: Int, height: Int, _ frames: [Frame]) throws -> TileSheet? {
    let tiles = frames.map { frame in
      Tile(
        frame: frame,
        lighting: Lighting(frame.staticScene.light, shadowSize: SceneRenderer.imageShadowSize),
        view: View(frame.viewingCamera, width: width, height: height, isTopDown: true))
    }
    var table = TileTable()
    for tile in tiles {
      table.add(
        view: tile.view, lighting: tile.lighting, background: tile.frame.staticScene.background)
    }
    let inLamp = table.add(
      try casting(in: tiles) { $0.castsShadow ? $0.lampView : nil })
    let inSky = table.add(try casting(in: tiles) { $0.skyView })
    let layers = try layers(of: tiles).map { (layer: $0.key, batches: table.add($0.value)) }
    guard table.placed.count <= TableTexture.capacity else { return nil }

    let key = SIMD2(width, height)
    let sheet = try sheets[key] ?? TileSheet(width: width, height: height)
    sheets[key] = sheet
    let textures = try tables ?? (try TableTexture(), try TableTexture())
    tables = textures
    renderer.bind(table, tiles: textures.tiles, placed: textures.placed)
    try renderer.inTiles {
      var maps = ShadowMaps(lamp: sheet.shadows)
      try renderer.drawDepths(
        of: inLamp, row: TileTable.Row.lampView, size: SceneRenderer.imageShadowSize,
        into: maps.lamp)
      if tiles.contains(where: { $0.lighting.skyView != nil }) {
        let sky = try sheet.skyAtlas()
        try renderer.drawDepths(
          of: inSky, row: TileTable.Row.skyView, size: SceneRenderer.imageSkySize, into: sky)
        maps.sky = sky
      }
      renderer.begin(
        framebuffer: sheet.samples, width: 2 * width * TileSheet.columns,
        height: 2 * height * TileSheet.columns)
      try renderer.drawBackgrounds(count: frames.count)
      for (layer, batches) in layers {
        try renderer.draw(
          batches, patterned: layer.isPatterned, maps: maps, options: layer.options)
      }
    }
    return sheet
  }

  /// What casts shadows, by its shape where depths are drawn along this view; nothing of tiles without one.
  private func casting(
    in tiles: [Tile], along view: (Lighting) -> DepthView?
  ) throws -> TileBatches {
    var things = TileBatches()
    for (number, tile) in tiles.enumerated() {
      guard let view = view(tile.lighting) else { continue }
      for instances in [tile.frame.staticScene.instances, tile.frame.moving] {
        for instance in instances where instance.castsShadow {
          things.add(
            try renderer.buffers(for: instance, from: view),
            at: Matrix4(instance.worldFromModel), tile: number)
        }
      }
    }
    return things
  }

  private func layers(of tiles: [Tile]) throws -> [(key: Layer, value: TileBatches)] {
    var layers: [Layer: TileBatches] = [:]
    for (number, tile) in tiles.enumerated() {
      for isMoving in [false, true] {
        let options = isMoving ? tile.lighting.movingOptions : tile.lighting.staticOptions
        for instance in isMoving ? tile.frame.moving : tile.frame.staticScene.instances {
          let layer = Layer(
            isMoving: isMoving, isPatterned: instance.model.isPatterned, options: options)
          layers[layer, default: TileBatches()].add(
            try renderer.buffers(for: instance, from: tile.view),
            at: Matrix4(instance.worldFromModel), tile: number)
        }
      }
    }
    return layers.sorted { $0.key.order < $1.key.order }
  }
}
