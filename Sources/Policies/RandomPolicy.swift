import EnvironmentInterface
import Geometry
import RandomNumbers

/// Uniformly random actions that see nothing: the floor of every table.
public final class RandomPolicy: Policy {
  public let name = "random"
  public let needs: ObservationNeeds = []
  private let translation: Double
  private let rotation: Double

  /// - Parameters:
  ///   - translation: The largest step along each axis [m].
  ///   - rotation: The largest turn about each axis [rad].
  public init(translation: Double, rotation: Double) {
    self.translation = translation
    self.rotation = rotation
  }

  public func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    requests.map { request in
      Result { () throws(PolicyError) -> ActionChunk in
        var stream = request.randomness.named("random-policy")
        let limits = [translation, translation, translation, rotation, rotation, rotation]
        let motion = limits.map { stream.uniform(in: -$0...$0) }
        return try ActionChunk([Action(motion + [stream.chance(0.5) ? 1 : 0])])
      }
    }
  }
}
