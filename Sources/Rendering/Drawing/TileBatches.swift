/// Things by their shapes: those of one shape are drawn at once, in whatever tiles they stand.
struct TileBatches {
  private var places: [ObjectIdentifier: Int] = [:]
  private(set) var batches: [(shape: ModelBuffers, columns: [SIMD4<Float>])] = []

  mutating func add(_ shape: ModelBuffers, at place: Matrix4, tile: Int) {
    let index = places[ObjectIdentifier(shape)] ?? batches.count
    if index == batches.count {
      places[ObjectIdentifier(shape)] = index
      batches.append((shape, []))
    }
    var first = place.columns.0
    first.w = Float(tile)
    batches[index].columns.append(first)
    batches[index].columns.append(place.columns.1)
    batches[index].columns.append(place.columns.2)
    batches[index].columns.append(place.columns.3)
  }
}
