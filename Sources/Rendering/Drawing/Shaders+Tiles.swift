extension Shaders {
  /// What is told to each view: by itself in uniforms, as one of many tiles in a `TileTable`.
  static let tiles = """
    #ifdef TILED
    #define PER_VIEW
    uniform samplerBuffer tiles;

    vec4 told(int tile, int row) { return texelFetch(tiles, \(TileTable.rowsPerTile) * tile + row); }

    mat4 toldMatrix(int tile, int row) {
      return mat4(told(tile, row), told(tile, row + 1), told(tile, row + 2), told(tile, row + 3));
    }
    #else
    #define PER_VIEW uniform
    #endif

    """

  /// Where a tile lies in its sheet, and what of it stands where: for shaders of corners.
  static let placedInTiles = """
    #ifdef TILED
    uniform samplerBuffer placed;
    uniform int firstPlaced;
    out float gl_ClipDistance[4];

    vec4 placedColumn(int column) {
      return texelFetch(placed, \(TileTable.rowsPerPlaced) * (firstPlaced + gl_InstanceID) + column);
    }

    int placedTile() { return int(placedColumn(0).w); }

    mat4 placedMatrix() {
      vec4 first = placedColumn(0);
      return mat4(vec4(first.xyz, 0.0), placedColumn(1), placedColumn(2), placedColumn(3));
    }

    // Clip coordinates of the sheet from those of a tile by itself.
    vec4 inSheet(vec4 own, int tile) {
      vec2 place = vec2(tile % \(TileSheet.columns), tile / \(TileSheet.columns));
      vec2 center = (2.0 * place + 1.0) / \(TileSheet.columns).0 - 1.0;
      return vec4(own.xy / \(TileSheet.columns).0 + center * own.w, own.zw);
    }

    // The same, with what lies outside of this share of the tile cut off.
    vec4 limited(vec4 own, int tile, float inside) {
      gl_ClipDistance[0] = inside * own.w + own.x;
      gl_ClipDistance[1] = inside * own.w - own.x;
      gl_ClipDistance[2] = inside * own.w + own.y;
      gl_ClipDistance[3] = inside * own.w - own.y;
      return inSheet(own, tile);
    }

    #define PLACE_IN_MAP(own) inSheet(own, vTile)
    #define PLACE_IN_IMAGE(own) limited(own, vTile, 1.0)
    #else
    #define PLACE_IN_MAP(own) (own)
    #define PLACE_IN_IMAGE(own) (own)
    #endif

    """
}
