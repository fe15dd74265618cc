import EnvironmentInterface
import Foundation
import Geometry
import Rendering

extension TabletopEnvironment {
  /// What somebody beside the table sees of each state, the whole arm in view.
  ///
  /// - Parameter side: height and width of the pictures [pixels].
  /// - Throws: `RenderingError`.
  public func bystanderPictures(of states: [TabletopState], side: Int) throws -> [Image] {
    let frames = try states.map { state in
      let seen = state.scene.views.primary.staticScene
      let setup = state.scene.setup
      let camera = Self.bystander(
        of: setup, besides: state.scene.views.primary.camera.camera.worldFromCamera.translation)
      var frame = state.frame
      frame.staticScene = try StaticScene(
        instances: seen.instances, light: seen.light, background: seen.background,
        camera: camera, height: side, width: side)
      frame.camera = nil
      return frame
    }
    return try renderers.pool().render(frames).map { Image($0) }
  }

  /// A camera a sixth of a turn from the primary one, farther off, at the height of a person who sits.
  private static func bystander(of setup: Setup, besides primary: Vector3) -> Camera {
    let robot = setup.robot
    let reach = robot.worldFromBase * ((robot.workspace.min + robot.workspace.max) / 2)
    let base = robot.worldFromBase.translation
    let middle = Vector3(
      (base.x + 2 * reach.x) / 3, (base.y + 2 * reach.y) / 3, bystanderAim)
    let away = (primary - middle).xy
    let primaryAngle = atan2(away.y, away.x)
    // To the side from which the arm is seen more from aside.
    let angles = [primaryAngle + bystanderTurn, primaryAngle - bystanderTurn]
    let angle = abs(sin(angles[0])) >= abs(sin(angles[1])) - 1e-9 ? angles[0] : angles[1]
    let place = middle + bystanderDistance * Vector3(cos(angle), sin(angle), bystanderRise)
    return Camera(
      position: place, lookingAt: middle, verticalFieldOfView: bystanderView)
  }

  /// Over the table [m], to which a bystander looks.
  private static let bystanderAim = 0.20
  private static let bystanderTurn = 55 * Double.pi / 180
  /// Sideways [m], and up as a part of that.
  private static let bystanderDistance = 1.25
  private static let bystanderRise = 0.42
  private static let bystanderView = 44 * Double.pi / 180
}
