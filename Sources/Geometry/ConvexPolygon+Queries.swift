extension ConvexPolygon {
  /// Whether a point lies in the region grown by `margin` [m], or shrunk where that is negative.
  public func contains(_ point: Vector2, margin: Double = 0) -> Bool {
    guard vertices.count >= 3 else {
      return !vertices.isEmpty && margin >= 0 && (nearestPoint(to: point) - point).length <= margin
    }
    for (index, vertex) in vertices.enumerated() {
      let edge = vertices[(index + 1) % vertices.count] - vertex
      guard edge.cross(point - vertex) >= -margin * edge.length else { return false }
    }
    return true
  }

  /// The point of the region nearest to a point; the point itself where there is no region.
  public func nearestPoint(to point: Vector2) -> Vector2 {
    if vertices.count >= 3, contains(point) { return point }
    var nearest = point
    var least = Double.infinity
    for (index, vertex) in vertices.enumerated() {
      let edge = vertices[(index + 1) % vertices.count] - vertex
      let along = edge.dot(edge) > 0 ? (point - vertex).dot(edge) / edge.dot(edge) : 0
      let candidate = vertex + min(max(along, 0), 1) * edge
      let distance = (candidate - point).length
      if distance < least {
        least = distance
        nearest = candidate
      }
    }
    return nearest
  }

  /// The distance between two regions, zero where they overlap [m].
  public func distance(to other: ConvexPolygon) -> Double {
    // What is plainly apart shares nothing: its edges are all there is to measure.
    if isPlainlyApart(from: other) || other.isPlainlyApart(from: self) {
      return min(leastSquare(toCornersOf: other), other.leastSquare(toCornersOf: self))
        .squareRoot()
    }
    guard intersection(with: other).vertices.isEmpty else { return 0 }
    let there = vertices.map { (other.nearestPoint(to: $0) - $0).length }.min() ?? .infinity
    let back = other.vertices.map { (nearestPoint(to: $0) - $0).length }.min() ?? .infinity
    return min(there, back)
  }

  /// Whether all of another region lies outside of one edge, by more than any rounding: quicker to say than what they share.
  private func isPlainlyApart(from other: ConvexPolygon) -> Bool {
    guard vertices.count >= 3, other.vertices.count >= 3 else { return false }
    for (index, vertex) in vertices.enumerated() {
      let edge = vertices[index + 1 == vertices.count ? 0 : index + 1] - vertex
      let limit = -1e-9 * edge.length
      if other.vertices.allSatisfy({ edge.cross($0 - vertex) < limit }) { return true }
    }
    return false
  }

  /// The least square of the distances of another's corners to the edges [m²].
  private func leastSquare(toCornersOf other: ConvexPolygon) -> Double {
    var least = Double.infinity
    for (index, vertex) in vertices.enumerated() {
      let edge = vertices[index + 1 == vertices.count ? 0 : index + 1] - vertex
      let square = edge.dot(edge)
      for point in other.vertices {
        let along = square > 0 ? (point - vertex).dot(edge) / square : 0
        let way = vertex + min(max(along, 0), 1) * edge - point
        least = min(least, way.dot(way))
      }
    }
    return least
  }

  /// What two regions share, by clipping at each edge of the other (Sutherland and Hodgman 1974).
  public func intersection(with other: ConvexPolygon) -> ConvexPolygon {
    guard other.vertices.count >= 3 else {
      return vertices.count >= 3 ? other.intersection(with: self) : ConvexPolygon(unchecked: [])
    }
    var kept = vertices
    for (index, corner) in other.vertices.enumerated() where !kept.isEmpty {
      let edge = other.vertices[(index + 1) % other.vertices.count] - corner
      var next: [Vector2] = []
      for (position, vertex) in kept.enumerated() {
        let following = kept[(position + 1) % kept.count]
        let (here, there) = (edge.cross(vertex - corner), edge.cross(following - corner))
        if here >= 0 { next.append(vertex) }
        if (here > 0 && there < 0) || (here < 0 && there > 0) {
          next.append(vertex + here / (here - there) * (following - vertex))
        }
      }
      kept = next
    }
    return ConvexPolygon(hullOf: kept)
  }
}
