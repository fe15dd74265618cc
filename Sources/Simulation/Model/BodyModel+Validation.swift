import Geometry

extension BodyModel {
  /// What keeps the body from being simulated, in words; nil where nothing does.
  public func defect(tolerance: Double) -> String? {
    guard !prisms.isEmpty else { return "a body needs at least one prism" }
    for (index, prism) in prisms.enumerated() {
      if let defect = ConvexPolygon.defect(ofOutline: prism.footprint) {
        return "prism \(index): \(defect)"
      }
      guard prism.bottom.isFinite, prism.top.isFinite, prism.bottom < prism.top else {
        return "prism \(index): its bottom (\(prism.bottom)) must be below its top (\(prism.top))"
      }
    }
    guard centerOfMass.isFinite, graspPoint.isFinite else {
      return "its center of mass and grasp point must be finite"
    }
    return cavityDefect(tolerance: tolerance)
  }

  /// The hollow must be one that a body can lie in without touching the walls.
  private func cavityDefect(tolerance: Double) -> String? {
    guard let cavity else { return nil }
    if let defect = ConvexPolygon.defect(ofOutline: cavity.footprint) { return "cavity: \(defect)" }
    guard cavity.floor.isFinite, cavity.rim.isFinite, cavity.floor < cavity.rim else {
      return "cavity: its floor (\(cavity.floor)) must be below its rim (\(cavity.rim))"
    }
    let hollow = Solid(
      LocalPrism(Prism(footprint: cavity.footprint, bottom: cavity.floor, top: cavity.rim)),
      at: Placement(.identity))
    for (index, prism) in prisms.enumerated() {
      let wall = Solid(LocalPrism(prism), at: Placement(.identity))
      guard wall.heightOverlap(with: hollow) > tolerance, let overlap = wall.overlap(with: hollow)
      else { continue }
      guard overlap.depth <= tolerance else {
        return "cavity: it runs \(overlap.depth) m into prism \(index)"
      }
    }
    return nil
  }
}

extension Vector3 {
  /// Whether no coordinate is infinite or not a number.
  var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite }
}
