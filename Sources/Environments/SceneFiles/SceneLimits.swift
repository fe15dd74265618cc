import StrictYAML

// What numbers of scene and suite files may be. They are wider than anything that makes sense on a table and narrow enough
// that no sum, product or loop over them goes wrong.

extension NumberLimits {
  /// A coordinate of a place or corner.
  static let coordinate = NumberLimits(-10...10, "m")
  /// An edge, radius or height of something drawn.
  static let length = NumberLimits(1e-4...10, "m")
  /// A coordinate of a solid for contact, in its body's frame.
  static let bodyCoordinate = NumberLimits(-1...1, "m")
  /// A turn about an axis.
  static let degrees = NumberLimits(-360...360, "degrees")
  /// A joint's angle, a few turns to either side.
  static let jointAngle = NumberLimits(-20...20, "rad")
  /// A part of a whole.
  static let fraction = NumberLimits(0...1)
  /// One repeat of a pattern.
  static let patternLength = NumberLimits(0.001...10, "m")
  /// How bright a lamp or the sky is, beside the usual 1.
  static let brightness = NumberLimits(0...10)
  /// A coefficient of friction.
  static let friction = NumberLimits(0.05...2)
  /// A coordinate of a direction, whose length does not matter.
  static let direction = NumberLimits(-100...100)
  /// A camera's view from bottom to top.
  static let fieldOfView = NumberLimits(5...150, "degrees")
  /// How large the ball is in which shadows fall.
  static let shadowRadius = NumberLimits(0.05...10, "m")
  /// The largest turn of an object to either side.
  static let yaw = NumberLimits(0...180, "degrees")
  /// What is left between two objects.
  static let clearance = NumberLimits(0.001...0.2, "m")
  /// How often a kind of task is drawn beside the others.
  static let weight = NumberLimits(0.001...1000)
  /// An edge of a block under an object.
  static let blockEdge = NumberLimits(0.005...0.3, "m")
  /// What a factor multiplies lengths by.
  static let scale = NumberLimits(0.25...4)
}

extension CountLimits {
  static let parts = CountLimits(1...200, "parts")
  /// Points of a profile or path.
  static let points = CountLimits(2...500, "points")
  /// Corners of an outline.
  static let corners = CountLimits(3...200, "corners")
  static let materials = CountLimits(1...100, "materials")
  static let colors = CountLimits(1...100, "colors")
  static let names = CountLimits(1...500, "names")
  static let surfaces = CountLimits(1...100, "surfaces")
  static let fixtures = CountLimits(1...12, "fixtures")
  static let regions = CountLimits(1...20, "regions")
  static let groups = CountLimits(1...200, "groups")
  static let forms = CountLimits(1...200, "sentences")
  static let factors = CountLimits(0...100, "factors")
  static let tasks = CountLimits(1...200, "tasks")
  static let episodes = CountLimits(1...10_000, "episodes")
  static let steps = CountLimits(2...2000, "steps")
  static let hold = CountLimits(1...1000, "steps")
  /// Objects of a scene beside those that its task names.
  static let others = CountLimits(0...20, "objects")
  static let objects = CountLimits(1...24, "objects")
}

/// How long texts may be.
enum TextLimits {
  static let name = 64
  static let phrase = 200
  static let about = 2000
}
