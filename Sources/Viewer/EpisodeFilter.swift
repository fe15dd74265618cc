/// Which episodes the list shows.
enum EpisodeFilter: String, CaseIterable {
  case all, solved, failed, flips

  func shows(_ episode: ViewerEpisode) -> Bool {
    switch self {
    case .all: true
    case .solved: episode.outcomes.contains(.success)
    case .failed: episode.outcomes.contains { $0.isOver && $0 != .success }
    case .flips: episode.isFlip
    }
  }
}
