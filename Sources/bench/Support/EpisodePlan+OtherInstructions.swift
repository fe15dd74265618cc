import EnvironmentInterface
import Environments
import Evaluation
import Foundation

extension EpisodePlan {
  /// What could have been asked instead in each episode of the plan, found out when a control first asks.
  func otherInstructions(in environment: TabletopEnvironment) -> (EpisodeBriefing) -> String? {
    let episodes = blocks.flatMap(\.episodes)
    var byID: [String: Episode]?
    return { briefing in
      if byID == nil {
        byID = Dictionary(
          episodes.map { (EpisodeBriefing(of: $0, setup: briefing.setup).id, $0) },
          uniquingKeysWith: { first, _ in first })
      }
      guard let episode = byID?[briefing.id] else { return nil }
      return (try? environment.otherInstruction(for: episode)) ?? nil
    }
  }
}
