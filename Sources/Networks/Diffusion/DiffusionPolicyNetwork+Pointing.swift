import Foundation
import Torch

/// Places in the image that actions follow from, as location tokens are for a language model: where the present subgoal
/// is, and where the gripper.
extension DiffusionPolicyNetwork {
  /// The subgoal, then the gripper.
  public static let placeCount = 2

  /// Where the network points in each situation.
  public struct Pointing {
    /// `[B, 2, 2]`: subgoal and gripper, x to the right and y down, each 0…1 over the image.
    public let places: Tensor
    /// `[B, 2, patches]`: how much each patch looks like the one, before the softmax.
    public let logits: Tensor
  }

  /// A softmax over patches picks where, and each patch says how far from its center the place is.
  public func pointing(_ conditioning: Conditioning) -> Pointing {
    let (batch, patches, count) = (
      conditioning.memory.size(0), vision.patchCount, Self.placeCount
    )
    // Patches last and dense, so that each sum over them goes alike wherever in the batch its row stands.
    let output = pointer(conditioning.memory.narrowed(1, 0..<patches))
      .reshaped([batch, patches, count, 3]).permuted([0, 2, 3, 1]).contiguous()
    let logits = output.narrowed(2, 0..<1).squeezed(2).contiguous()
    let grid = configuration.vision[0].gridSize
    let columns = (0..<grid * grid).map { (Float($0 % grid) + 0.5) / Float(grid) }
    let rows = (0..<grid * grid).map { (Float($0 / grid) + 0.5) / Float(grid) }
    let centers = Tensor(columns + rows, shape: [2, grid * grid]).to(output.device)
    let each = output.narrowed(2, 1..<3) + centers
    return Pointing(places: (each * logits.softmax(-1).unsqueezed(2)).sum([-1]), logits: logits)
  }

  /// What the policy knows, and where it is pointing.
  ///
  /// - Parameter places: B times subgoal x, y, gripper x, y: the true ones in training, its own when it acts.
  public func pointed(_ conditioning: Conditioning, at places: [Float]) -> Conditioning {
    let features = Tensor(
      places.flatMap(Self.features), shape: [conditioning.memory.size(0), Self.featureCount])
    var pointed = conditioning
    pointed.place = placeEmbedding(features.to(conditioning.memory.device))
    return pointed
  }

  /// Waves from one over the image's width to this many doublings of it.
  private static let octaves = 6
  static let featureCount = 2 * placeCount * (1 + 2 * octaves)

  /// A coordinate as itself and as waves, so that a linear layer can tell near places apart.
  private static func features(_ coordinate: Float) -> [Float] {
    [2 * coordinate - 1]
      + (0..<octaves).flatMap { octave in
        let phase = Float.pi * coordinate * Float(1 << octave)
        return [sin(phase), cos(phase)]
      }
  }
}
