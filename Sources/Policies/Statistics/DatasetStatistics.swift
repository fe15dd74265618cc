/// The statistics of one dataset, as checkpoints hold and training writes them.
public struct DatasetStatistics: Hashable, Sendable, Codable {
  public var action: ActionStatistics
  /// Of the robot's states, where the policy reads them.
  public var proprioception: ProprioceptionStatistics?
  public var transitionCount: Int?
  public var trajectoryCount: Int?

  enum CodingKeys: String, CodingKey {
    case action
    case proprioception = "proprio"
    case transitionCount = "num_transitions"
    case trajectoryCount = "num_trajectories"
  }

  public init(
    action: ActionStatistics, proprioception: ProprioceptionStatistics? = nil,
    transitionCount: Int?, trajectoryCount: Int?
  ) {
    self.action = action
    self.proprioception = proprioception
    self.transitionCount = transitionCount
    self.trajectoryCount = trajectoryCount
  }
}
