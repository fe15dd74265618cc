import EnvironmentInterface

/// Checks the records of a run, one after another, against what its `run.json` promises: every contestant on every
/// block, each episode exactly once, in the plan's order. Where the run has a schedule, a contestant may stop at a look.
struct PromisedOrder {
  private let description: RunDescription
  private let blocks: [RunDescription.Block]
  /// Where each own block begins in its suite's episodes.
  private let starts: [Int]
  private let suites: [SuiteOrder]
  private var contestant = 0
  private var block = 0
  /// Episodes of the contestant in the blocks before this one.
  private var passed = 0
  /// The episodes of the block so far.
  private var episodes: [Episode] = []

  init(_ description: RunDescription) {
    self.description = description
    let shard = description.shard
    suites = description.suites.map { SuiteOrder($0, in: description) }
    var begun: [String: Int] = [:]
    var own: [(block: RunDescription.Block, start: Int)] = []
    for (number, block) in description.blocks.enumerated() {
      let suite = Self.suite(of: block)
      if shard.contains(block: number) { own.append((block, begun[suite] ?? 0)) }
      begun[suite, default: 0] += block.episodes
    }
    blocks = own.map(\.block)
    starts = own.map(\.start)
  }

  private static func suite(of block: RunDescription.Block) -> String {
    block.id.lastIndex(of: "/").map { String(block.id[..<$0]) } ?? block.id
  }

  /// Whether everything promised has been taken.
  var isComplete: Bool { contestant >= description.contestants.count || blocks.isEmpty }

  /// Whether everything is there that can be known to be promised: the last contestant may have stopped here.
  var mayBeComplete: Bool {
    isComplete
      || contestant == description.contestants.count - 1 && isBetweenBlocks && isAtLook
  }

  private var isAtLook: Bool { description.schedule?.looks.contains(passed) ?? false }

  /// Whether the record taken last ended a block.
  var isBetweenBlocks: Bool { episodes.isEmpty }

  /// What comes next, for people; nil at the end.
  var next: String? {
    isComplete
      ? nil : "\(description.contestants[contestant].name) in block \(blocks[block].id)"
  }

  /// Takes the next record.
  ///
  /// - Returns: what is wrong with it, in a sentence; nil where it is the promised one.
  mutating func take(_ record: EpisodeRecord) -> String? {
    guard !isComplete else { return "the run has no more episodes than before this line" }
    if isBetweenBlocks, isAtLook, contestant + 1 < description.contestants.count,
      record.policy == description.contestants[contestant + 1].name
    {
      (contestant, block, passed) = (contestant + 1, 0, 0)
    }
    let (expected, place) = (description.contestants[contestant], blocks[block])
    let suite = Self.suite(of: place)
    guard record.policy == expected.name, record.block == place.id else {
      return "here is an episode of \(record.policy) in block \(record.block), "
        + "where \(expected.name) in block \(place.id) comes next"
    }
    guard record.kind == expected.kind else {
      return "\(record.policy) is of kind '\(record.kind.rawValue)' here and "
        + "'\(expected.kind.rawValue)' in \(RunFolder.descriptionName)"
    }
    let episode = record.episode
    guard episode.suite == suite else {
      return "here is an episode of suite \(episode.suite) in a block of \(suite)"
    }
    guard episode.seed == description.seed else {
      return "here is an episode of seed \(episode.seed) in a run of seed \(description.seed)"
    }
    if let order = suites.first(where: { $0.name == suite }),
      let fault = order.fault(
        of: episode, at: starts[block] + episodes.count, after: episodes.last)
    {
      return fault
    }
    if let fault = record.contradiction { return fault }
    return finish(episode, in: place)
  }

  private mutating func finish(_ episode: Episode, in place: RunDescription.Block) -> String? {
    episodes.append(episode)
    guard episodes.count == place.episodes else { return nil }
    defer { episodes = [] }
    if let plan = place.plan, plan != PlanHash.text(of: episodes) {
      return
        "the \(place.episodes) episodes of block \(place.id) that end here are not those of the "
        + "plan: their factors, instructions or step limits are others"
    }
    block += 1
    passed += place.episodes
    if block == blocks.count { (contestant, block, passed) = (contestant + 1, 0, 0) }
    return nil
  }
}

/// In which order a suite's episodes come: one of each task, each followed by its clean twin, then the next index.
private struct SuiteOrder {
  let name: String
  private let tasks: [String]
  private let perTask: Int
  /// Nil where only some tasks have twins: their places follow from the episodes alone then.
  private let twins: Int?

  init(_ suite: SuiteDescription, in description: RunDescription) {
    name = suite.name
    tasks = suite.tasks
    perTask = description.episodesPerTask[suite.name] ?? 0
    let all = description.blocks.filter { $0.id.hasPrefix(suite.name + "/") }
      .reduce(0) { $0 + $1.episodes }
    let (round, isTooLarge) = perTask.multipliedReportingOverflow(by: tasks.count)
    twins =
      isTooLarge
      ? nil
      : all == round ? 0 : suite.hasCleanTwins && round < Int.max / 2 && all == 2 * round ? 1 : nil
  }

  /// What is wrong with an episode at a place of the suite's episodes, from 0.
  func fault(of episode: Episode, at position: Int, after previous: Episode?) -> String? {
    let found = Self.name(episode.task, episode.index, episode.isCleanTwin)
    guard let task = tasks.firstIndex(of: episode.task) else {
      return "suite \(name) has no task \(episode.task)"
    }
    guard (0..<perTask).contains(episode.index) else {
      return "here is \(found) of \(perTask) episodes a task"
    }
    if let twins {
      let (number, twin) = position.quotientAndRemainder(dividingBy: 1 + twins)
      let (index, place) = number.quotientAndRemainder(dividingBy: max(1, tasks.count))
      let isPlanned =
        episode.index == index && task == place && episode.isCleanTwin == (twin == 1)
      return isPlanned
        ? nil : "here is \(found), where \(Self.name(tasks[place], index, twin == 1)) comes next"
    }
    guard let previous, let before = tasks.firstIndex(of: previous.task) else { return nil }
    func rank(_ episode: Episode, _ task: Int) -> (Int, Int, Int) {
      (episode.index, task, episode.isCleanTwin ? 1 : 0)
    }
    return rank(previous, before) < rank(episode, task)
      ? nil
      : "here is \(found) after \(Self.name(previous.task, previous.index, previous.isCleanTwin))"
  }

  private static func name(_ task: String, _ index: Int, _ isTwin: Bool) -> String {
    "\(task) #\(index)\(isTwin ? " clean" : "")"
  }
}

extension EpisodeRecord {
  /// What in this record contradicts itself, in a sentence; nil where nothing does.
  var contradiction: String? {
    if (outcome == .error) != (error != nil) {
      return "outcome '\(outcome.rawValue)' \(error == nil ? "without" : "with") an error"
    }
    if !(0...1).contains(progress) { return "progress \(progress) is not within 0 and 1" }
    if !(0...max(0, episode.stepLimit)).contains(steps) {
      return "\(steps) steps of at most \(episode.stepLimit)"
    }
    if successOnce != (firstSuccessStep != nil) || successAtEnd && !successOnce
      || outcome == .success && !successOnce || outcome == .failure && successOnce
    {
      return "outcome '\(outcome.rawValue)' does not fit success_once, success_at_end and "
        + "first_success_step"
    }
    if let firstSuccessStep, !(0...steps).contains(firstSuccessStep) {
      return "first_success_step \(firstSuccessStep) of \(steps) steps"
    }
    return nil
  }
}
