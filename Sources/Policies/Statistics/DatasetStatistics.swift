/// The statistics of one dataset, as checkpoints hold and training writes them.
public struct DatasetStatistics: Hashable, Sendable, Codable {
  public var action: ActionStatistics
  public var transitionCount: Int?
  public var trajectoryCount: Int?

  enum CodingKeys: String, CodingKey {
    case action
    case transitionCount = "num_transitions"
    case trajectoryCount = "num_trajectories"
  }

  public init(action: ActionStatistics, transitionCount: Int?, trajectoryCount: Int?) {
    self.action = action
    self.transitionCount = transitionCount
    self.trajectoryCount = trajectoryCount
  }
}
