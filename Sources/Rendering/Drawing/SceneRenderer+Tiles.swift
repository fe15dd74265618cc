internal import COpenGL

/// Drawing things of one shape at once in many tiles of a sheet or an atlas; `TileTable` holds what tiles and things are told.
extension SceneRenderer {
  /// Things that are drawn at once, numbers `first` to `first` + `count` − 1 of a table.
  struct Batch {
    let shape: ModelBuffers
    let first: Int
    let count: Int
  }

  /// Limits drawing of tiles to them, for as long as `draw` takes.
  func inTiles(_ draw: () throws -> Void) rethrows {
    for plane in 0..<4 { glEnable(GLenum(GL_CLIP_DISTANCE0 + Int32(plane))) }
    defer { for plane in 0..<4 { glDisable(GLenum(GL_CLIP_DISTANCE0 + Int32(plane))) } }
    try draw()
  }

  /// Makes this what is looked up of tiles.
  func bind(_ table: TileTable, tiles: TableTexture, placed: TableTexture) {
    tiles.set(table.tiles, unit: Self.tileUnit)
    placed.set(table.placed, unit: Self.placedUnit)
  }

  /// Empties an atlas, and draws the depths of batches into its tiles.
  ///
  /// - Parameters:
  ///   - row: Where the tiles' table has the view.
  ///   - size: Side of a tile [texels].
  func drawDepths(of batches: [Batch], row: Int, size: Int, into atlas: ShadowMap) throws {
    atlas.bindFramebuffer()
    setState()
    glClear(GLbitfield(GL_DEPTH_BUFFER_BIT))
    let program = try program(.depth, .tiled)
    program.use()
    program.set(.depthView, Int32(row))
    program.set(.inside, 1 - 2 * Float(ShadowPlace.margin) / Float(size))
    draw(batches, with: program)
  }

  /// Draws the backgrounds of the first `count` tiles.
  func drawBackgrounds(count: Int) throws {
    glDepthMask(GLboolean(GL_FALSE))
    defer { glDepthMask(GLboolean(GL_TRUE)) }
    try program(.background, .tiled).use()
    glBindVertexArray(emptyVertexArray)
    glFrontFace(GLenum(GL_CCW))
    glDrawArraysInstanced(GLenum(GL_TRIANGLES), 0, 3, GLsizei(count))
  }

  /// Draws batches in color, all with patterns or all without, as they are seen top down.
  func draw(_ batches: [Batch], patterned: Bool, maps: ShadowMaps, options: Shaders.Options) throws
  {
    guard !batches.isEmpty else { return }
    bind(maps)
    let program = try program(
      .scene, patterned ? options.union([.tiled, .patterned]) : options.union(.tiled))
    program.use()
    glFrontFace(GLenum(GL_CW))
    draw(batches, with: program)
  }

  private func draw(_ batches: [Batch], with program: ShaderProgram) {
    for batch in batches {
      program.set(.firstPlaced, Int32(batch.first))
      batch.shape.draw(times: batch.count)
    }
  }
}
