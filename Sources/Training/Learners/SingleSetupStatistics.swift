import EnvironmentInterface
import Policies

extension Recipe {
  /// The only ones of some demonstrations' statistics, and the name of their dataset.
  ///
  /// - Parameter learner: who learns the actions of one set-up alone, for the error's sentence.
  /// - Throws: `RecipeError` where the tasks are of several set-ups.
  func statisticsOfOneSetup(
    among known: [String: DatasetStatistics], for learner: String
  ) throws(RecipeError) -> (dataset: String, statistics: DatasetStatistics) {
    guard known.count == 1, let (dataset, statistics) = known.first else {
      throw RecipeError(
        path: output,
        reason: "\(learner) learns the actions of one set-up, and the tasks are of "
          + "\(known.keys.sorted().joined(separator: ", ")); name tasks of one in `tasks`")
    }
    return (dataset, statistics)
  }
}
