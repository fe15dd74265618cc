import EnvironmentInterface

/// What un-normalises a policy's actions: the statistics of one dataset, or of each set-up those under its name.
public struct ActionScales: Hashable, Sendable {
  /// Those of every episode; nil where they depend on the set-up.
  private let only: ActionStatistics?
  private let bySetup: [String: ActionStatistics]

  /// The same for all set-ups.
  public init(_ statistics: ActionStatistics) {
    only = statistics
    bySetup = [:]
  }

  /// Of several datasets, each for the set-up of its name; of one, for all set-ups.
  public init(_ datasets: [String: ActionStatistics]) {
    only = datasets.count == 1 ? datasets.values.first : nil
    bySetup = datasets
  }

  /// - Throws: `PolicyError` where nothing is known of a set-up.
  func statistics(of setup: String?) throws(PolicyError) -> ActionStatistics {
    if let only { return only }
    guard let setup, let statistics = bySetup[setup] else {
      throw .failed(
        "there are no action statistics of the set-up '\(setup ?? "")', only of "
          + "\(bySetup.keys.sorted().joined(separator: ", ")); choose one with --unnorm-key")
    }
    return statistics
  }
}
