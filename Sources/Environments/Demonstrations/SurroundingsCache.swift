import EnvironmentInterface
import Synchronization

/// Surroundings that were made, so that frames that share some share one static scene, which a renderer draws once.
final class SurroundingsCache: Sendable {
  private struct Key: Hashable {
    var seed: UInt64
    var number: Int
    /// Whose they are, where they are not any arena's.
    var setup: String?
    var cameraShift: Double
    var isSoft: Bool
    var isTinted: Bool
  }

  /// More than the groups that the threads of one call can be in.
  private static let capacity = 64
  private let made = Mutex<[Key: VisionScene.Surroundings]>([:])

  func surroundings(
    _ number: Int, of setup: String?, in request: DemonstrationRequest, isSoft: Bool,
    isTinted: Bool,
    make: () throws -> VisionScene.Surroundings
  ) throws -> VisionScene.Surroundings {
    let key = Key(
      seed: request.seed, number: number, setup: setup, cameraShift: request.cameraShift,
      isSoft: isSoft, isTinted: isTinted)
    return try made.withLock { made in
      if let known = made[key] { return known }
      // Any may go: what is made again is the same.
      if made.count >= Self.capacity { made.removeAll() }
      let new = try make()
      made[key] = new
      return new
    }
  }
}
