import EnvironmentInterface
import Geometry
import Rendering
import Simulation

/// A picture to be taken and what is in it, for writing questions and labels.
struct View: Sendable {
  var frame: Frame
  var proprioception: Proprioception
  /// Object n has label n + 1 in the frame.
  var objects: [SceneObject]
  var worldFromObject: [RigidTransform]
  /// The object in the hand.
  var held: Int?
  var worldFromGripper: RigidTransform
  /// Between the fingers, as a fraction of the widest.
  var opening: Double
  /// The part of the picture that is shown; nil for all of it.
  var crop: ImageCrop?

  /// The point between the fingertips, world frame [m].
  var fingertips: Vector3 { worldFromGripper.translation }

  /// Where a point of the world is in the image, as fractions of width and height, kept within the image.
  func imagePoint(of worldPoint: Vector3) -> Vector2 {
    guard
      let projection = frame.viewingCamera.project(
        worldPoint, aspectRatio: Double(frame.staticScene.width) / Double(frame.staticScene.height))
    else { return .zero }
    var point = Vector2(projection.x, projection.y)
    if let crop {
      point = crop.point(
        point, width: frame.staticScene.width, height: frame.staticScene.height)
    }
    return Vector2(min(1, max(0, point.x)), min(1, max(0, point.y)))
  }

  /// Where the thing is in the image that is next for a goal: its object, or its target once the hand holds the object; nil
  /// where the hand holds something else, which has to go first.
  func imagePoint(ofThingOf goal: Goal) -> Vector2? {
    switch held {
    case nil: imagePoint(ofObject: goal.object)
    case goal.object?: imagePoint(ofObject: goal.target ?? goal.object)
    default: nil
    }
  }

  /// Shows other looks of the same things.
  mutating func show(_ objects: [SceneObject]) {
    for index in frame.moving.indices {
      let number = Int(frame.moving[index].label) - 1
      // Contents of a container are drawn under its label, too.
      guard objects.indices.contains(number),
        frame.moving[index].model === self.objects[number].drawn
      else { continue }
      frame.moving[index].model = objects[number].drawn
    }
    self.objects = objects
  }

  /// Where the middle of an object is in the image.
  func imagePoint(ofObject index: Int) -> Vector2 {
    imagePoint(of: worldFromObject[index] * objects[index].model.body.centerOfMass)
  }
}

extension View {
  /// What the policy's camera sees of a world.
  init(of world: World, in scene: EpisodeScene) {
    self.init(
      frame: scene.frame(of: world),
      proprioception: Proprioception(
        baseFromGripper: world.baseFromGripper, gripperWidth: world.gripperOpening,
        jointAngles: world.jointAngles),
      objects: scene.objects, worldFromObject: world.worldFromBody, held: world.grasp?.body,
      worldFromGripper: world.worldFromGripper(in: scene.tabletop),
      opening: world.gripperOpening / scene.tabletop.gripper.maximumOpening)
  }
}
