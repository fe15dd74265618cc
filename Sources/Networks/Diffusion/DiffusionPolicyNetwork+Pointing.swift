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
    /// `[B, 2]`: cosine and sine of twice what the hand has left to turn, since half a turn is none to its fingers; nil where
    /// the network does not say it.
    public let turns: Tensor?

    /// What the denoiser is told.
    func told() throws -> [Told] {
      let (places, turns) = (try places.floats(), try turns?.floats())
      let count = 2 * DiffusionPolicyNetwork.placeCount
      return (0..<places.count / count).map { row in
        Told(
          places: Array(places[count * row..<count * (row + 1)]),
          turn: turns.map { atan2($0[2 * row + 1], $0[2 * row]) / 2 })
      }
    }
  }

  /// What the denoiser is told of a situation.
  public struct Told: Hashable, Sendable {
    /// Subgoal x, y, gripper x, y, each 0…1 over the image.
    public var places: [Float]
    /// What the hand has left to turn, in [−π/2, π/2] [rad]; nil where the network does not say it.
    public var turn: Float?

    public init(places: [Float], turn: Float? = nil) {
      (self.places, self.turn) = (places, turn)
    }
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
    let weights = logits.softmax(-1)
    return Pointing(
      places: (each * weights.unsqueezed(2)).sum([-1]), logits: logits,
      turns: turner.map { turner in
        // What the patches say that the subgoal is at.
        let turns = turner(conditioning.memory.narrowed(1, 0..<patches)).permuted([0, 2, 1])
          .contiguous()
        return (turns * weights.narrowed(1, 0..<1)).sum([-1])
      })
  }

  /// What the policy knows, and what it says of where it is going.
  ///
  /// - Parameter told: one for each situation: the truth in training, its own word when it acts.
  public func pointed(_ conditioning: Conditioning, at told: [Told]) -> Conditioning {
    let (count, device) = (conditioning.memory.size(0), conditioning.memory.device)
    guard told.count == count, told.allSatisfy({ $0.places.count == 2 * Self.placeCount }),
      turner == nil || told.allSatisfy({ $0.turn != nil })
    else {
      var failed = conditioning
      failed.place = .failure(
        "\(told.count) pairs of places\(turner == nil ? "" : ", each with a turn,") do not fit \(count) situations"
      )
      return failed
    }
    let places = Tensor(
      told.flatMap { $0.places.flatMap(Self.features(ofPlace:)) },
      shape: [count, Self.featureCount])
    var place = placeEmbedding(places.to(device))
    if let turnEmbedding {
      let turns = Tensor(
        told.flatMap { Self.features(ofTurn: $0.turn ?? 0) }, shape: [count, Self.turnFeatureCount])
      place = place + turnEmbedding(turns.to(device))
    }
    if let wayEmbedding {
      place = place + wayEmbedding(told.map(\.places), states: conditioning.states, on: device)
    }
    var pointed = conditioning
    pointed.place = place
    return pointed
  }

  /// The same of a network that says no turns.
  ///
  /// - Parameter places: B times subgoal x, y, gripper x, y.
  public func pointed(_ conditioning: Conditioning, at places: [Float]) -> Conditioning {
    let count = 2 * Self.placeCount
    return pointed(
      conditioning,
      at: stride(from: 0, to: places.count, by: count).map {
        Told(places: Array(places[$0..<min($0 + count, places.count)]))
      })
  }

  /// Waves from one over the image's width to this many doublings of it.
  private static let octaves = 6
  static let featureCount = 2 * placeCount * (1 + 2 * octaves)

  /// Cosines and sines of a turn's multiples: half a turn is none.
  private static let turnMultiples: [Float] = [2, 4, 8]
  static let turnFeatureCount = 2 * turnMultiples.count

  private static func features(ofTurn turn: Float) -> [Float] {
    turnMultiples.flatMap { [cos($0 * turn), sin($0 * turn)] }
  }

  /// A coordinate as itself and as waves, so that a linear layer can tell near places apart.
  static func features(ofPlace coordinate: Float) -> [Float] {
    [2 * coordinate - 1] + waves(of: coordinate, octaves)
  }

  /// Sines and cosines of a number, from a wave of length 2 on, each half as long as the one before.
  static func waves(of number: Float, _ octaves: Int) -> [Float] {
    (0..<octaves).flatMap { octave in
      let phase = Float.pi * number * Float(1 << octave)
      return [sin(phase), cos(phase)]
    }
  }
}
