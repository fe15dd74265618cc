import EnvironmentInterface
import Geometry

/// What the worker says when it has loaded the policy, or could not.
struct WorkerGreeting: Decodable {
  var ready: Bool
  var error: String?
  var name: String?
  /// What the policy's `needs` lists; nil where it has none.
  var needs: [String]?
  /// Whether one object may act in several episodes in turn.
  var sideBySide: Bool?
  var hasReset: Bool?
  var python: String?
  var numpy: String?

  private enum CodingKeys: String, CodingKey {
    case ready, error, name, needs, python, numpy
    case sideBySide = "side_by_side"
    case hasReset = "has_reset"
  }
}

/// One observation as the worker reads it; pictures are in the message's data.
struct WorkerRequest: Encodable {
  struct Picture: Encodable {
    var name: String
    var offset: Int
    var height: Int
    var width: Int
  }

  var slot: Int
  var step: Int
  /// Random bits of this decision alone, so that a policy that draws can be repeated.
  var seed: UInt32
  /// Whether this is the first question of an episode: the policy forgets before it answers.
  var begins: Bool
  var instruction: String?
  var images: [Picture]?
  var vectors: [String: [Double]]?

  init(
    _ request: PolicyRequest, begins: Bool, images: [(name: String, image: Image)], offset: Int
  ) {
    slot = request.slot
    step = request.observation.step
    var randomness = request.randomness
    seed = UInt32(truncatingIfNeeded: randomness.nextBits() >> 32)
    self.begins = begins
    instruction = request.observation.instruction
    if !images.isEmpty {
      var offset = offset
      self.images = images.map { name, image in
        defer { offset += image.pixels.count }
        return Picture(name: name, offset: offset, height: image.height, width: image.width)
      }
    }
    vectors = request.observation.proprioception?.namedVectors
  }
}

/// What the worker answers to a batch.
struct WorkerAnswers: Decodable {
  struct Answer: Decodable {
    /// The shape of the actions, whose float64 numbers follow one another in the data.
    var shape: [Int]?
    var error: String?
  }

  var answers: [Answer]
}

extension Proprioception {
  /// The vectors that a Python policy finds in its observation.
  var namedVectors: [String: [Double]] {
    let (position, turn) = (baseFromGripper.translation, baseFromGripper.rotation)
    return [
      "position": [position.x, position.y, position.z],
      "quaternion_wxyz": [turn.w, turn.x, turn.y, turn.z],
      "gripper_width": [gripperWidth],
      "joint_angles": jointAngles,
    ]
  }
}
