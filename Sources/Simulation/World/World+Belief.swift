import Geometry

extension World {
  /// The world as somebody takes it to be who is wrong about where a body is.
  ///
  /// It is there to choose an action by, and not to be stepped: the body may overlap others.
  ///
  /// - Parameters:
  ///   - body: which is believed to be elsewhere.
  ///   - worldFromBody: where it is believed to be.
  ///   - isHeld: whether the fingers are believed to hold it.
  public func believing(
    _ body: Int, at worldFromBody: RigidTransform, isHeld: Bool, in model: TabletopModel
  ) -> World {
    var believed = self
    believed.worldFromBody[body] = worldFromBody
    if isHeld {
      let gripperFromBody = worldFromGripper(in: model).inverse * worldFromBody
      believed.grasp = Grasp(body: body, gripperFromBody: gripperFromBody)
    }
    return believed
  }
}
