import EnvironmentInterface
import Foundation
import Policies
import Torch

/// A network under training: what a stage asks of it.
protocol Learner: AnyObject {
  /// All parameters, those of heads that only training needs included.
  var module: any Module { get }

  /// Patches along each side of the image.
  var patchGrid: Int { get }

  /// The loss of half a batch, to go backward from; may be called from two threads at once.
  ///
  /// - Parameter number: which half of the training it is, for what is drawn at random.
  func loss(of frames: [DemonstrationFrame], stage: Stage, number: Int) throws -> BatchLoss

  /// How well frames that training never sees are predicted.
  func validate(_ frames: [DemonstrationFrame], stage: Stage, into entry: inout TrainingLogEntry)
    throws

  /// Writes the checkpoint that policies load.
  func writeCheckpoint(to folder: URL) throws

  /// The policy with the present weights.
  func makePolicy() throws -> any Policy
}

/// The parts of a loss; `total` is the one to go backward from.
struct BatchLoss {
  var total: Tensor
  /// Mean weighted cross-entropy per token, or the noise loss.
  var main: Tensor
  var patches: Tensor?
  /// How well the decoder looks where it should: the sum of the cross-entropies over patches.
  var gaze: Tensor?
}
