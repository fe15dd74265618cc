import Geometry

/// The fingers' inner faces as a grasp sees them: where they can press and in which direction.
struct FingerPads {
  let origin: Vector2
  /// The closing direction's horizontal part and the horizontal across it, unit vectors, right-handed.
  let closing: Vector2
  let across: Vector2
  /// The cosine of the closing direction's slope.
  let level: Double
  /// The faces' extent across, from the origin [m].
  let extent: ClosedRange<Double>
  /// The faces' heights in the world [m].
  let heights: ClosedRange<Double>

  /// Nil where the closing direction is too steep to press on an upright side.
  init?(_ worldFromGripper: RigidTransform, _ gripper: Gripper, _ rules: ContactRules) {
    let (x, y, z) = worldFromGripper.rotation.columns
    level = y.xy.length
    guard level >= rules.frictionCosine else { return nil }
    origin = worldFromGripper.translation.xy
    closing = y.xy / level
    across = Vector2(-closing.y, closing.x)
    let back = -gripper.padLength * x
    let side = gripper.fingerHalfWidth * z
    let (depth, breadth) = (back.xy.dot(across), abs(side.xy.dot(across)))
    extent = (min(0, depth) - breadth)...(max(0, depth) + breadth)
    let height = worldFromGripper.translation.z
    heights = (height + min(0, back.z) - abs(side.z))...(height + max(0, back.z) + abs(side.z))
  }

  /// Where the middle of the faces is across [m].
  var middle: Double { (extent.lowerBound + extent.upperBound) / 2 }

  /// How far the faces reach across from their middle [m].
  var halfExtent: Double { (extent.upperBound - extent.lowerBound) / 2 }
}

/// What of a body lies between two finger faces.
struct GraspSection {
  /// One contact: how far out it is along the closing direction [m], and the cosine between that and the
  /// surface's outward normal.
  struct End {
    var position = -Double.infinity
    var alignment = 0.0

    mutating func extend(to position: Double, alignment: Double) {
      if position > self.position + 1e-9 {
        (self.position, self.alignment) = (position, alignment)
      } else if position > self.position - 1e-9 {
        self.alignment = max(self.alignment, alignment)
      }
    }

    mutating func extend(to other: End) {
      extend(to: other.position, alignment: other.alignment)
    }
  }

  /// The contact of the finger at +closing.
  var left = End()
  /// The contact of the finger at −closing, whose position counts toward −closing.
  var right = End()

  init() {}

  /// The part of an outline that the faces can press on.
  ///
  /// A corner between the faces' edges is met by the middle of a face, whatever way it points; a side
  /// that goes on past a face's edge is met by that edge.
  init(_ outline: ConvexPolygon, _ pads: FingerPads) {
    let vertices = outline.vertices
    func local(_ index: Int) -> Vector2 {
      let offset = vertices[index == vertices.count ? 0 : index] - pads.origin
      return Vector2(offset.dot(pads.closing), offset.dot(pads.across))
    }
    for index in vertices.indices {
      let (start, end) = (local(index), local(index + 1))
      if pads.extent.contains(start.y) {
        left.extend(to: start.x, alignment: 1)
        right.extend(to: -start.x, alignment: 1)
      }
      let edge = end - start
      for limit in [pads.extent.lowerBound, pads.extent.upperBound]
      where (start.y - limit) * (end.y - limit) < 0 {
        let crossing = start.x + (limit - start.y) / edge.y * edge.x
        let alignment = edge.y / edge.length
        left.extend(to: crossing, alignment: alignment)
        right.extend(to: -crossing, alignment: -alignment)
      }
    }
  }

  /// The body's size between the faces [m]; negative where nothing is between them.
  var width: Double { left.position + right.position }

  /// Where the middle of the section is along the closing direction [m].
  var middle: Double { (left.position - right.position) / 2 }

  mutating func formUnion(_ other: GraspSection) {
    left.extend(to: other.left)
    right.extend(to: other.right)
  }
}
