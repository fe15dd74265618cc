import Geometry

extension Mesh {
  /// A grid of points seen from both sides, smooth all over.
  ///
  /// - Parameter thickness: from the upper side, where the points are, to the lower one [m].
  mutating func addSheet(points: [Vector3], columns: Int, thickness: Double) {
    let rows = points.count / columns
    func point(_ row: Int, _ column: Int) -> Vector3 { points[row * columns + column] }
    /// Lengths from the first point along a line of points [m].
    func lengths(_ line: [Vector3]) -> [Double] {
      zip(line, line.dropFirst()).reduce(into: [0]) {
        $0.append($0[$0.count - 1] + ($1.1 - $1.0).length)
      }
    }
    let across = lengths((0..<columns).map { point(rows / 2, $0) })
    let along = lengths((0..<rows).map { point($0, columns / 2) })
    let normals = points.indices.map { index -> Vector3 in
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      let x = point(row, min(column + 1, columns - 1)) - point(row, max(column - 1, 0))
      let y = point(min(row + 1, rows - 1), column) - point(max(row - 1, 0), column)
      let normal = x.cross(y)
      return normal.length > 1e-12 ? normal.normalized : .unitZ
    }
    for side in [1.0, -1.0] {
      let first = UInt32(vertices.count)
      for (index, place) in points.enumerated() {
        let (row, column) = index.quotientAndRemainder(dividingBy: columns)
        _ = addVertex(
          side > 0 ? place : place - thickness * normals[index], normal: side * normals[index],
          surface: Vector2(across[column], along[row]),
          face: Vector2(
            Double(column) / Double(columns - 1), Double(row) / Double(rows - 1)))
      }
      for row in 0..<(rows - 1) {
        for column in 0..<(columns - 1) {
          let corner = first + UInt32(row * columns + column)
          let (right, up) = (corner + 1, corner + UInt32(columns))
          if side > 0 {
            addQuad(corner, right, up + 1, up)
          } else {
            addQuad(corner, up, up + 1, right)
          }
        }
      }
    }
  }
}
