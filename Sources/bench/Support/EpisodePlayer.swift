import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation

/// Policies of a run as they were named on the command line: `NAME`, or `NAME=DIR` with where the weights lie now.
struct RunPolicies {
  private let places: [String: String]
  private let run: RunDescription?

  /// - Throws: `EvaluationError.unknownPolicy` for one that the run has not.
  init(_ texts: [String], of run: RunFiles) throws {
    var places: [String: String] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = parts.first, run.policies.contains(name) else {
        throw EvaluationError.unknownPolicy(text, run: run.path, known: run.policies)
      }
      places[name] = parts.count > 1 ? parts[1] : run.description?.argument(of: name) ?? name
    }
    self.places = places
    self.run = run.description
  }

  func contains(_ policy: String) -> Bool { places.isEmpty || places[policy] != nil }

  /// What the catalog knows a policy of the run by.
  func place(of policy: String) -> String {
    places[policy] ?? run?.argument(of: policy) ?? policy
  }
}

/// Carries out episodes of a run once more.
final class EpisodePlayer {
  private let places: RunPolicies
  private let catalog: PolicyCatalog
  private let environment: TabletopEnvironment
  private var contestant: Contestant?
  private var policy: (any Policy)?

  init(places: RunPolicies, catalog: PolicyCatalog, environment: TabletopEnvironment) {
    self.places = places
    self.catalog = catalog
    self.environment = environment
  }

  /// What a record tells of, state by state.
  ///
  /// - Throws: `OtherEnding` where it ends elsewhere now.
  func trajectory(of record: EpisodeRecord) throws -> Trajectory<TabletopState> {
    if contestant?.name != record.policy {
      policy = nil
      let entrant = try catalog.entrants([places.place(of: record.policy)])[0]
      contestant = entrant.contestant.named(record.policy)
      if case .policy(let make) = entrant.contestant.player { policy = try make() }
    }
    let description = ContestantDescription(name: record.policy, kind: record.kind)
    var trajectory: Trajectory<TabletopState>?
    var rollout = Rollout(
      of: EpisodeBlock(id: record.block, suite: record.episode.suite, episodes: [record.episode]),
      by: description, policy: policy, in: environment,
      settings: RolloutSettings(batchLimit: 1, continuesAfterSuccess: false)
    ) { [environment] event in
      switch event {
      case .started(_, let episode, let state):
        trajectory = Trajectory(
          of: episode, startingIn: state, status: environment.status(of: state))
      case .stepped(_, let action, let state, let status):
        trajectory?.append(action, leadingTo: state, status: status)
      case .finished: break
      }
    }
    let again = rollout.runToEnd()[0]
    guard again.finalState == record.finalState, let trajectory else {
      throw OtherEnding(name: EpisodeName(of: record.episode).description, policy: record.policy)
    }
    return trajectory
  }
}

/// An episode that ends elsewhere than its record says.
struct OtherEnding: Error, CustomStringConvertible {
  let name: String
  let policy: String

  var description: String {
    "\(name), \(policy): carried out again it ends in another state than the run's; weights, scenes or machine have "
      + "changed since. Record runs with --record to film them later"
  }
}
