import EnvironmentInterface
import Networks
import Torch

/// Tells patches that show a thing how far the hand has to turn before its fingers fit it, in bins such as location tokens have.
///
/// That takes the way the thing lies and the way the hand is turned, and their difference, which a decoder that learns from the
/// decisions of demonstrations alone does not find: most of them turn nothing. Here every thing in every picture teaches it, and
/// the decoder copies it from the patch that it looks at, as it does with places (`PatchPlaces`).
struct PatchTurns {
  private let bins: Int
  /// Of each patch that shows a thing: its number among all, what is left to turn, and how the thing lies, nil where it is
  /// all the same.
  private let things: [(patch: Int, turn: Double, lie: LieDirection?)]

  init(_ frames: [DemonstrationFrame], bins: Int) {
    self.bins = bins
    var things: [(patch: Int, turn: Double, lie: LieDirection?)] = []
    var first = 0
    for frame in frames {
      defer { first += frame.patches.count }
      guard let hand = frame.patches.lazy.compactMap(\.gripper).first else { continue }
      for (number, patch) in frame.patches.enumerated() where patch.kind > 0 {
        things.append((first + number, patch.lie?.turn(from: hand.closing) ?? 0, patch.lie))
      }
    }
    self.things = things
  }

  /// The mean soft cross-entropy over the patches that show a thing; 0 where none does.
  ///
  /// - Parameter logits: `[B, patches, bins]`, read off patches in the language model's space, or in a diffusion policy's own.
  func loss(of logits: Tensor) -> Tensor {
    guard !things.isEmpty else { return logits.sum() * 0 }
    let wanted = things.map { bin(of: $0.turn) }
    let spread = ScaledTargets.spread(wanted, count: bins)
    return (rows(of: logits).logSoftmax() * spread).sum() * -1 / Double(things.count)
  }

  /// How far the likeliest answers are off, and answers of zero, over patches of things that do not look the same from all sides
  /// [degree]; nil where there are none.
  func errors(of logits: Tensor) throws -> (degrees: Double, zeroDegrees: Double)? {
    guard !things.isEmpty else { return nil }
    let said = try rows(of: logits).argmax(-1).integers()
    var (count, sum, zeroSum) = (0, 0.0, 0.0)
    for (bin, thing) in zip(said, things) {
      guard let lie = thing.lie else { continue }
      // A quarter turn either way is the same to a square thing.
      let off = LieDirection(angle: thing.turn, symmetry: lie.symmetry).distance(to: turn(of: bin))
      (count, sum, zeroSum) = (count + 1, sum + off, zeroSum + abs(thing.turn))
    }
    guard count > 0 else { return nil }
    let unit = 180 / Double.pi / Double(count)
    return (sum * unit, zeroSum * unit)
  }

  private func rows(of logits: Tensor) -> Tensor {
    logits.reshaped([-1, bins]).rows(Tensor(things.map(\.patch)))
  }

  private func bin(of turn: Double) -> Int {
    min(bins - 1, max(0, Int(HandState.fraction(ofTurn: turn) * Double(bins))))
  }

  private func turn(of bin: Int) -> Double {
    HandState.turn(ofFraction: (Double(bin) + 0.5) / Double(bins))
  }
}
