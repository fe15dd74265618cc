/// A suite as a table heads it: what it is called, which tasks it has, whether its episodes have clean twins.
public struct SuiteDescription: Hashable, Sendable, Codable {
  public var name: String
  public var title: String
  public var tasks: [String]
  /// Whether every episode has a twin in the training distribution with the same seed.
  public var hasCleanTwins: Bool
  public var defaultEpisodesPerTask: Int
  /// Whether its episodes go on to their step limits after the goal has held, so that it can be undone.
  public var continuesAfterSuccess: Bool
  /// How many episodes a task has by default where that is not `defaultEpisodesPerTask`, by its name.
  public var ownEpisodes: [String: Int]
  /// Of a planned run, why tasks' rates say less than they seem to, by their names; the rest is solvable, or nothing is known.
  public var solvability: [String: TaskSolvability] = [:]

  public init(
    name: String, title: String, tasks: [String], hasCleanTwins: Bool, defaultEpisodesPerTask: Int,
    continuesAfterSuccess: Bool = false, ownEpisodes: [String: Int] = [:]
  ) {
    self.name = name
    self.title = title
    self.tasks = tasks
    self.hasCleanTwins = hasCleanTwins
    self.defaultEpisodesPerTask = defaultEpisodesPerTask
    self.continuesAfterSuccess = continuesAfterSuccess
    self.ownEpisodes = ownEpisodes
  }

  /// How many episodes a task has by default.
  public func defaultEpisodes(of task: String) -> Int {
    ownEpisodes[task] ?? defaultEpisodesPerTask
  }
}

extension SuiteDescription {
  private enum CodingKeys: String, CodingKey {
    case name, title, tasks, hasCleanTwins, defaultEpisodesPerTask, continuesAfterSuccess,
      ownEpisodes, solvability
  }

  /// Tasks' own numbers are left out where there are none, so that other runs are described as ever.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(title, forKey: .title)
    try values.encode(tasks, forKey: .tasks)
    try values.encode(hasCleanTwins, forKey: .hasCleanTwins)
    try values.encode(defaultEpisodesPerTask, forKey: .defaultEpisodesPerTask)
    try values.encode(continuesAfterSuccess, forKey: .continuesAfterSuccess)
    if !ownEpisodes.isEmpty { try values.encode(ownEpisodes, forKey: .ownEpisodes) }
    if !solvability.isEmpty { try values.encode(solvability, forKey: .solvability) }
  }

  /// Descriptions of before suites could go on after success say nothing of it.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try values.decode(String.self, forKey: .name),
      title: try values.decode(String.self, forKey: .title),
      tasks: try values.decode([String].self, forKey: .tasks),
      hasCleanTwins: try values.decode(Bool.self, forKey: .hasCleanTwins),
      defaultEpisodesPerTask: try values.decode(Int.self, forKey: .defaultEpisodesPerTask),
      continuesAfterSuccess: try values.decodeIfPresent(
        Bool.self, forKey: .continuesAfterSuccess) ?? false,
      ownEpisodes: try values.decodeIfPresent([String: Int].self, forKey: .ownEpisodes) ?? [:])
    solvability =
      try values.decodeIfPresent([String: TaskSolvability].self, forKey: .solvability) ?? [:]
  }
}

/// Where an episode stands.
public struct EpisodeStatus: Hashable, Sendable, Codable {
  /// Whether the task's goal holds now, for as long as the task asks.
  public var isSuccess: Bool
  /// Partial credit in [0, 1], kept beside success and never mixed in.
  public var progress: Double
  /// Partial credit in [0, 1] by the rules of the paper that the task is taken from; nil where it has none.
  public var paperCredit: Double?
  /// Which parts of the goal hold now, by their names.
  public var parts: [String: Bool]
  /// What the gripper has touched and holds; nil from an environment that does not tell.
  public var contact: TaskContact?

  public init(
    isSuccess: Bool, progress: Double, paperCredit: Double? = nil, parts: [String: Bool] = [:],
    contact: TaskContact? = nil
  ) {
    self.isSuccess = isSuccess
    self.progress = progress
    self.paperCredit = paperCredit
    self.parts = parts
    self.contact = contact
  }
}

/// A world in which policies act, seen from the evaluation: it starts episodes, shows them and steps them.
///
/// States are values: copying one branches the episode. Everything here is a pure function of its arguments.
public protocol Environment: Sendable {
  associatedtype State: Sendable

  var suites: [SuiteDescription] { get }

  /// Facts about scenes, renderer and protocol that a result depends on, for `run.json` (hashes, GL renderer string).
  var facts: [String: String] { get }

  /// Episode number `index` of a task; `strength` scales the suite's factors (1 is the suite as published).
  func episode(suite: String, task: String, index: Int, seed: UInt64, strength: Double) throws
    -> Episode

  /// The same draw without its perturbation; nil for an episode that has none.
  func cleanTwin(of episode: Episode) throws -> Episode?

  /// The same draw with these factors in place of its own; one of strength 0 does not act.
  func episode(_ episode: Episode, under factors: [FactorSetting]) throws -> Episode

  /// What the set-up of a task shows and takes: cameras, state, actions, rate.
  func interface(suite: String, task: String) throws -> Interface

  /// Why the rate of an episode's task, under the episode's factors, says less than it seems to; nil where nothing is known
  /// against it.
  func solvability(of episode: Episode) throws -> TaskSolvability?

  func start(_ episode: Episode) throws -> State

  /// What a policy with these needs sees in each state, in order; pictures are drawn only where needed.
  ///
  /// A state does not know the one before: `observations(of:before:needs:)` adds what was seen there.
  func observations(of states: [State], needs: ObservationNeeds) throws -> [Observation]

  /// One control step.
  func step(_ state: inout State, applying action: Action)

  func status(of state: State) -> EpisodeStatus

  /// What the scripted expert does here; it may read the world, so it is a ceiling and never an entry.
  func expertAction(in state: State) -> Action

  /// 16 hexadecimal digits over scene, first state, instruction and camera: what pairs two episodes.
  func contentHash(of episode: Episode, startingIn state: State) -> String

  /// 16 hexadecimal digits over all that moves in a state.
  func stateHash(of state: State) -> String

  /// What each of the numbers of `stateValues` is, such as `gripper_x`; the same in all states of an episode.
  func stateNames(of state: State) -> [String]

  /// A state as numbers, for whoever reads a recorded episode without the environment.
  func stateValues(of state: State) -> [Double]
}

extension Environment {
  public func solvability(of episode: Episode) throws -> TaskSolvability? { nil }

  /// What a policy sees in each state, with what it saw one control step before where it needs that.
  ///
  /// - Parameter before: For each state the one of a control step before; nil at an episode's start.
  public func observations(
    of states: [State], before: [State?], needs: ObservationNeeds
  ) throws -> [Observation] {
    guard needs.earlier else { return try observations(of: states, needs: needs) }
    let known = before.compactMap { $0 }
    var observations = try observations(of: states + known, needs: needs)
    guard observations.count == states.count + known.count else { return observations }
    var earlier = observations[states.count...].map(EarlierObservation.init)[...]
    observations.removeLast(known.count)
    for (index, state) in before.enumerated() where state != nil {
      observations[index].earlier = earlier.popFirst()
    }
    return observations
  }

  /// Whether a suite's episodes go on to their step limits after their goals have held.
  public func continuesAfterSuccess(suite: String) -> Bool {
    suites.first { $0.name == suite }?.continuesAfterSuccess ?? false
  }

  /// What the set-up of an episode shows and takes.
  public func interface(of episode: Episode) throws -> Interface {
    try interface(suite: episode.suite, task: episode.task)
  }
}
