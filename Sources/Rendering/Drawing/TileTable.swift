/// What the shaders read of each tile of a sheet, and of each thing in it, in rows of four numbers.
struct TileTable {
  /// The first row of what a tile is told.
  enum Row {
    /// Matrices from the world to a tile's own clip coordinates: the camera's, the lamp's and the sky's.
    static let (view, lampView, skyView) = (0, 4, 8)
    /// Where the eye is [m], and how far above its surface a point is looked up [m].
    static let eye = 12
    /// Towards the lamp, and the distance of a shadow's taps.
    static let lamp = 13
    /// Its light, and the step of a penumbra's taps.
    static let lampColor = 14
    /// The sky's light, and how far before a wall it is looked up [m].
    static let skyColor = 15
    /// The light from below, and the radius of the sky's taps.
    static let ground = 16
    /// How much the sky's taps rise with their length, in depths of its map.
    static let skyRise = 17
    /// The tile's bounds in the maps of the lamp and of the sky.
    static let (lampBounds, skyBounds) = (18, 19)
    /// The colors of the background.
    static let (top, bottom) = (20, 21)
  }

  static let rowsPerTile = 22
  /// The columns of a matrix from the model to the world; the first ends with the tile's number.
  static let rowsPerPlaced = 4

  private(set) var tiles: [SIMD4<Float>] = []
  private(set) var placed: [SIMD4<Float>] = []

  /// Adds a tile, the next one in number.
  mutating func add(view: View, lighting: Lighting, background: Background) {
    let tile = tiles.count / Self.rowsPerTile
    let told = lighting.told(columns: TileSheet.columns)
    let skyView = lighting.skyView?.clipFromWorld ?? .identity
    for matrix in [view.clipFromWorld, lighting.lampView.clipFromWorld, skyView] {
      tiles += [matrix.columns.0, matrix.columns.1, matrix.columns.2, matrix.columns.3]
    }
    let colors = background.colors(from: view)
    tiles += [
      SIMD4(view.eye, lighting.shadowOffset), SIMD4(told.toLamp, told.shadowTap),
      SIMD4(told.lamp, told.penumbraStep), SIMD4(told.sky, Float(SkyTaps.radius)),
      SIMD4(told.ground, told.skyRadius), SIMD4(told.skyRise, 0, 0, 0),
      Self.bounds(ofTile: tile, size: SceneRenderer.imageShadowSize),
      Self.bounds(ofTile: tile, size: SceneRenderer.imageSkySize),
      SIMD4(colors.top, 0), SIMD4(colors.bottom, 0),
    ]
  }

  /// The corners of a tile, a texel inside, as places in an atlas: least x and y, greatest x and y.
  private static func bounds(ofTile index: Int, size: Int) -> SIMD4<Float> {
    let (row, column) = index.quotientAndRemainder(dividingBy: TileSheet.columns)
    let side = 1 / Float(TileSheet.columns)
    let inset = 1.5 * side / Float(size)
    let least = SIMD2(Float(column), Float(row)) * side
    return SIMD4(lowHalf: least + inset, highHalf: least + side - inset)
  }

  /// Adds things that stand in tiles.
  mutating func add(_ things: TileBatches) -> [SceneRenderer.Batch] {
    things.batches.map { shape, columns in
      defer { placed += columns }
      return SceneRenderer.Batch(
        shape: shape, first: placed.count / Self.rowsPerPlaced,
        count: columns.count / Self.rowsPerPlaced)
    }
  }
}
