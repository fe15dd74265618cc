import EnvironmentInterface
import Rendering

/// A camera, and what it sees of the arena before anything that moves is in it.
struct CameraView: Sendable {
  var camera: SetupCamera
  var staticScene: StaticScene
}

/// The views of all cameras of a set-up.
struct CameraViews: Sendable {
  var primary: CameraView
  var others: [CameraView]

  /// - Throws: `SceneDrawError.unknownCamera` where there is no camera of the name.
  func view(_ name: String) throws(SceneDrawError) -> CameraView {
    if name == CameraName.primary { return primary }
    guard let view = others.first(where: { $0.camera.name == name }) else {
      throw .unknownCamera(name)
    }
    return view
  }

  /// All views, the primary one first.
  var all: [CameraView] { [primary] + others }
}

extension Setup {
  /// What the cameras see of an arena: the set-up's own, or as a factor has it.
  func views(of arena: Arena) throws -> CameraViews {
    let instances = try arena.instances
    func view(_ camera: SetupCamera) throws -> CameraView {
      CameraView(
        camera: camera,
        staticScene: try StaticScene(
          instances: instances, light: arena.light, background: arena.background,
          camera: camera.camera, height: camera.height, width: camera.width))
    }
    return CameraViews(primary: try view(primary), others: try others.map(view))
  }
}

extension Arena {
  /// The surfaces and fixtures as drawn.
  var instances: [Instance] {
    get throws {
      try surfaces.map { Instance(model: try Model(parts: $0.parts)) }
        + fixtures.map {
          Instance(
            model: try Model(parts: $0.object.parts), worldFromModel: $0.worldFromFixture)
        }
    }
  }
}
