/// All that stays the same during an episode: what never moves, the light, and the camera that looks on.
///
/// A class, because a renderer draws it once and keeps the picture by its identity: make one an
/// episode and share it among the episode's frames.
public final class StaticScene: Sendable {
  public let instances: [Instance]
  public let light: Light
  public let background: Background
  public let camera: Camera
  /// Size of the images [pixels].
  public let height: Int
  public let width: Int

  /// - Throws: `RenderingError.invalidImageSize` unless both sides are 1…4096 pixels.
  public init(
    instances: [Instance], light: Light = Light(),
    background: Background = Background(
      top: Color(hex: 0xD9DEE3), bottom: Color(hex: 0xB9C0C7)),
    camera: Camera, height: Int = 224, width: Int = 224
  ) throws {
    guard (1...4096).contains(height), (1...4096).contains(width) else {
      throw RenderingError.invalidImageSize(height: height, width: width)
    }
    self.instances = instances
    self.light = light
    self.background = background
    self.camera = camera
    self.height = height
    self.width = width
  }
}

/// One picture to take: a static scene and where the things that move are now.
public struct Frame: Sendable {
  public var staticScene: StaticScene
  public var moving: [Instance]
  /// The camera where it moves too; nil for the static scene's own.
  ///
  /// What stands still is drawn anew for a camera that moves, since no picture of it can be kept.
  public var camera: Camera?

  public init(staticScene: StaticScene, moving: [Instance] = [], camera: Camera? = nil) {
    self.staticScene = staticScene
    self.moving = moving
    self.camera = camera
  }

  /// The camera that the picture is taken with.
  public var viewingCamera: Camera { camera ?? staticScene.camera }
}
