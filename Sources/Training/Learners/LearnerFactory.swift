import EnvironmentInterface
import Foundation

/// The learner that a recipe asks for.
func makeLearner(_ recipe: Recipe, source: any DemonstrationSource, root: URL) throws
  -> any Learner
{
  switch recipe.policy {
  case .openVLA where recipe.decodesInParallel:
    try OpenVLAChunkLearner(recipe, source: source, root: root)
  case .openVLA: try OpenVLALearner(recipe, source: source, root: root)
  case .diffusionPolicy: try DiffusionLearner(recipe, source: source, root: root)
  }
}
