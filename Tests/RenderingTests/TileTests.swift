import Testing

@testable import Rendering

/// Views as tiles of one framebuffer, the way of a GPU, against each view drawn alone.
@Suite struct TileTests {
  @Test(arguments: Shading.allCases)
  func tilesShowWhatDrawingAllAtOnceShows(shading: Shading) throws {
    try expectTilesLikeOnesDrawnAlone(LayerTests.frames(count: 9, shading: shading))
  }

  @Test("plain and soft shading in one sheet")
  func shadingsMix() throws {
    let plain = try LayerTests.frames(count: 2, shading: .plain)
    let soft = try LayerTests.frames(count: 2, shading: .soft)
    try expectTilesLikeOnesDrawnAlone([plain[0], soft[0], soft[1], plain[1]])
  }

  @Test("a camera that moves is each frame's own", arguments: Shading.allCases)
  func movingCameras(shading: Shading) throws {
    let frames = try LayerTests.frames(count: 3, shading: shading).enumerated().map {
      var frame = $1
      frame.camera = frame.staticScene.camera
      frame.camera?.worldFromCamera.translation.z += 0.02 * Double($0 + 1)
      return frame
    }
    try expectTilesLikeOnesDrawnAlone(frames)
    var still = frames[0]
    still.camera = nil
    let tiles = try Probe.pool.get().renderTiles([frames[0], still])
    let differs = tiles[0] != tiles[1]
    #expect(differs, "two cameras take one picture")
  }

  private func expectTilesLikeOnesDrawnAlone(_ frames: [Frame]) throws {
    let pool = try Probe.pool.get()
    let tiles = try pool.renderTiles(frames)
    #expect(tiles.count == frames.count)
    for (tile, alone) in zip(tiles, try pool.renderReference(frames)) {
      let differences = zip(tile.pixels, alone.pixels).map { abs(Int($0) - Int($1)) }
      /// The mean of four samples is rounded once more where a table encodes it.
      let rounding = 1
      /// A place in the atlas has fewer bits than one in a map of its own, so a shadow's edge can fall otherwise.
      let edgeShare = 0.002
      #expect(
        Double(differences.count { $0 > rounding }) < edgeShare * Double(differences.count))
    }
    let differs = tiles[0] != tiles[1]
    #expect(differs, "the arm moves")
  }

  @Test("labels as tiles are the labels drawn one by one, whatever the sizes and however many")
  func labels() throws {
    let pool = try RendererPool(contexts: 1)
    let small = Frame(staticScene: try Probe.scene(height: 24, width: 32))
    let large = Frame(staticScene: try Probe.scene(height: 48, width: 64))
    let frames = [small, small, large] + Array(repeating: small, count: 70)
    #expect(try pool.renderLabelTiles(frames) == pool.renderLabels(frames))
    #expect(try pool.renderLabelTiles([]).isEmpty)
  }

  @Test func sizesMixAndOnesThatCanNotBePackedAreRefused() throws {
    let pool = try RendererPool(contexts: 1, device: .software)
    let small = Frame(staticScene: try Probe.scene(height: 31, width: 48))
    let large = Frame(staticScene: try Probe.scene(height: 64, width: 64))
    let images = try pool.renderTiles([small, small, large, small])
    #expect(images.map(\.height) == [31, 31, 64, 31])
    #expect(images[0] == images[1] && images[0] == images[3])
    let two = TileSheet.capacity + 2
    let many = try pool.renderTiles(Array(repeating: small, count: two))
    #expect(many.count == two)
    let areAlike = many.allSatisfy { $0 == images[0] }
    #expect(areAlike, "a picture depends on its place in a sheet, or on the sheet before")
    #expect(throws: RenderingError.self) {
      try pool.renderTiles([Frame(staticScene: try Probe.scene(height: 31, width: 47))])
    }
  }
}
