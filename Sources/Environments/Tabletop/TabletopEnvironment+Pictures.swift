import EnvironmentInterface
import Rendering

extension TabletopEnvironment {
  /// What the primary camera sees in each state, for people: a whole number of times as many pixels each way.
  ///
  /// At a magnification of 1 these are the pictures that a policy sees.
  ///
  /// - Parameter states: of one episode, best in order.
  /// - Throws: `RenderingError`.
  public func pictures(of states: [TabletopState], magnified factor: Int = 1) throws -> [Image] {
    guard let scene = states.first?.scene else { return [] }
    let small = scene.views.primary.staticScene
    let large =
      factor == 1
      ? small
      : try StaticScene(
        instances: small.instances, light: small.light, background: small.background,
        camera: small.camera, height: small.height * factor, width: small.width * factor)
    let frames = states.map { state in
      var frame = state.frame
      frame.staticScene = large
      return frame
    }
    return zip(states, try renderers.pool().render(frames)).map { state, picture in
      factor == 1
        ? state.scene.picture(picture, camera: CameraName.primary, step: state.world.step)
        : Image(picture)
    }
  }
}
