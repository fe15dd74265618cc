import Torch

/// Tells a denoiser the way from the hand to the subgoal.
///
/// How far the hand has to go follows from where both are in the image and from where the hand is in the room, together: higher
/// up the same way in the image is another on the table. A layer of its own sees all of it, as numbers and as waves, so that
/// a centimeter makes a difference.
final class WayEmbedding {
  /// What the names of its weights begin with.
  static let name = "way"
  /// Waves of the way in the image, from two of its widths on, and of the state, from twice its range on; each half of the
  /// one before.
  private static let (wayOctaves, stateOctaves) = (5, 4)

  private let hidden: Linear
  private let output: Linear
  private let stateSize: Int

  init(_ scope: ParameterScope, _ configuration: DiffusionPolicyConfiguration) throws {
    stateSize = configuration.stateSize ?? 0
    let features =
      DiffusionPolicyNetwork.featureCount + 2 * (1 + 2 * Self.wayOctaves)
      + stateSize * (1 + 2 * Self.stateOctaves)
    hidden = try Linear(scope["fc1"], input: features, output: configuration.mlpWidth)
    // Nothing at first, so that weights which knew no ways act as they did.
    output = try Linear(
      scope["fc2"], input: configuration.mlpWidth, output: configuration.width, initializer: .zeros)
  }

  /// - Parameters:
  ///   - places: subgoal x, y, gripper x, y of each of B situations, 0…1 over the image.
  ///   - states: `[B, frames · stateSize]`, this step's first, scaled to −1…1; nil for a network that reads none.
  /// - Returns: `[B, width]`.
  func callAsFunction(_ places: [[Float]], states: Tensor?, on device: Device) -> Tensor {
    let seen = places.map {
      $0.flatMap(DiffusionPolicyNetwork.features(ofPlace:)) + Self.features(ofWayBetween: $0)
    }
    var features = [
      Tensor(seen.flatMap { $0 }, shape: [places.count, seen.first?.count ?? 0]).to(device)
    ]
    if let states {
      let state = states.narrowed(1, 0..<stateSize)
      features.append(state)
      for octave in 0..<Self.stateOctaves {
        let phase = state * (Double.pi * Double(1 << octave))
        features += [phase.sin(), phase.cos()]
      }
    }
    return output(hidden(.concatenated(features, dimension: 1)).gelu())
  }

  /// The way to the right and down, as itself and as waves: hard to take from the waves of its ends.
  private static func features(ofWayBetween places: [Float]) -> [Float] {
    (0..<2).flatMap { axis in
      let way = places[axis] - places[2 + axis]
      return [way] + DiffusionPolicyNetwork.waves(of: way, wayOctaves)
    }
  }
}

extension DiffusionPolicyNetwork {
  /// Whether a parameter is one of the way's, which other weights may not have.
  public static func isOfWay(_ name: String) -> Bool { name.hasPrefix("\(WayEmbedding.name).") }
}
