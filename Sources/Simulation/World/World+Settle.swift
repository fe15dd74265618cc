import Geometry

extension World {
  /// Lets bodies come to rest, the lowest first.
  ///
  /// - Parameter resting: What has come to rest and takes these along.
  mutating func settle(
    _ disturbed: BodySet, in model: TabletopModel, after resting: BodySet = BodySet()
  ) {
    var waiting = disturbed
    waiting.subtract(carriedByGripper)
    while let lowest = waiting.min(by: { height($0, model) < height($1, model) }) {
      waiting.subtract(BodySet(lowest))
      settle(lowest, in: model, after: resting)
    }
  }

  private func height(_ body: Int, _ model: TabletopModel) -> Double {
    worldFromBody[body].translation.z + model.shapes[body].bottom
  }

  /// Lets one body come to rest with all that lies on or in it.
  ///
  /// What took it along stays where it is: of two bodies that touch, each may seem to lie on the other, and would take it along
  /// without end.
  mutating func settle(_ body: Int, in model: TabletopModel, after resting: BodySet = BodySet()) {
    // A joint carries its body.
    guard model.articulation(of: body) == nil else { return }
    let carried = carriedByGripper
    var load = bodies(carriedBy: body, besides: carried, in: model)
    load.subtract(resting)
    let start = worldFromBody[body]
    let search = RestSearch(
      body: body, placed: worldFromBody, ignored: carried.union(load).union(BodySet(body)),
      model: model)
    let rest = search.restingPose(from: start)
    guard rest != start else { return }
    worldFromBody[body] = rest
    guard !load.isEmpty else { return }
    let move = rest * start.inverse
    for other in load { worldFromBody[other] = move * worldFromBody[other] }
    settle(load, in: model, after: resting.union(BodySet(body)))
  }
}

extension TabletopModel {
  /// Where a body comes to rest when it is let go somewhere: on the table, on a body, in a hollow.
  ///
  /// - Parameters:
  ///   - placed: a pose for each body of the model, nil for one that is not there (yet).
  public func restingPose(
    of body: Int, near worldFromBody: RigidTransform, among placed: [RigidTransform?]
  ) -> RigidTransform {
    var ignored = BodySet(body)
    var poses = [RigidTransform](repeating: .identity, count: bodies.count)
    for other in bodies.indices {
      if other < placed.count, let pose = placed[other] {
        poses[other] = pose
      } else {
        ignored.insert(other)
      }
    }
    return RestSearch(body: body, placed: poses, ignored: ignored, model: self)
      .restingPose(from: worldFromBody)
  }
}
