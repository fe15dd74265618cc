import Geometry
import RandomNumbers

/// Who takes part in an episode, before anything has a place.
///
/// A member has two forms where a factor changes it: the clean one and the perturbed one. Which is shown depends on
/// the strength; both are known, so that every member finds a place that suits either.
struct SceneCast {
  var members: [Member]

  struct Member {
    /// The part it plays in the task; nil for what only stands around.
    var role: Factor.Role?
    /// The name under which it is drawn, unique in the cast.
    var key: String
    /// The object it is when clean, unique in the cast: its place is drawn under this name.
    var name: String
    /// The object that a `replace` factor puts in its stead, the factor's name and the strength above which
    /// it does.
    var replacement: (name: String, factor: String, threshold: Double)?
    var isCompanion = false
    /// The number among the distractors of a factor, from 1; nil for a member of the clean scene.
    var distractor: (number: Int, of: Int, factor: String)?
  }

  /// The members in the order in which they find a place.
  ///
  /// The target is the largest thing and goes first. The object and its companions follow by name, so that tasks
  /// that exchange the two have the same scene.
  var placingOrder: [Int] {
    func rank(_ index: Int) -> (Int, String) {
      let member = members[index]
      if member.role == .target { return (0, "") }
      if member.role == .object || member.isCompanion { return (1, member.name) }
      return (2 + index, "")
    }
    return members.indices.sorted { rank($0) < rank($1) }
  }

  /// Draws the cast of a task.
  ///
  /// - Parameter stream: the episode's stream; each draw has its own name under it.
  init(
    of task: TaskDefinition, factors: [Factor], catalog: Catalog, stream: RandomStream
  ) throws(SceneDrawError) {
    var taken: Set<String> = []
    func phrase(_ name: String) -> String { catalog.objects[name]?.words.phrase ?? name }
    func draw(_ names: [String], _ key: String) throws(SceneDrawError) -> String {
      var source = stream.named("cast", key)
      guard let name = source.element(of: names.filter { !taken.contains(phrase($0)) }) else {
        throw .noneLeft(task: task.name, role: key)
      }
      taken.insert(phrase(name))
      return name
    }
    func replacement(
      _ role: Factor.Role
    ) throws(SceneDrawError) -> (name: String, factor: String, threshold: Double)? {
      for factor in factors {
        guard case .replace(role, let names) = factor.effect else { continue }
        var source = stream.named("factor", factor.name)
        let threshold = source.uniform()
        // A replacement may share its phrase with what it replaces: a carrot of another shape.
        guard let name = source.element(of: names) else { return nil }
        taken.insert(phrase(name))
        return (name, factor.name, threshold)
      }
      return nil
    }

    var members: [Member] = []
    if task.fixture(as: .object, in: catalog) == nil {
      members.append(
        Member(
          role: .object, key: "object", name: try draw(task.objects, "object"),
          replacement: try replacement(.object)))
    }
    if task.family.hasTarget, task.fixture(as: .target, in: catalog) == nil {
      let target = try draw(task.targets, "target")
      members.append(
        Member(
          role: .target, key: "target", name: target, replacement: try replacement(.target)))
    }
    for (index, name) in task.companions.enumerated() where !taken.contains(phrase(name)) {
      taken.insert(phrase(name))
      members.append(Member(key: "companion-\(index)", name: name, isCompanion: true))
    }
    var counting = stream.named("cast", "count")
    let count =
      task.othersCount.lowerBound + counting.integer(below: task.othersCount.count)
    for index in 0..<count {
      let key = "other-\(index)"
      members.append(Member(key: key, name: try draw(task.others, key)))
    }
    for factor in factors {
      guard case .distractors(let count, let names) = factor.effect else { continue }
      for index in 0..<count {
        let key = "\(factor.name)-\(index)"
        members.append(
          Member(key: key, name: try draw(names, key), distractor: (index + 1, count, factor.name)))
      }
    }
    self.members = members
  }
}

extension TaskDefinition {
  /// The fixture of the arena that plays a role; nil for what is drawn.
  func fixture(as role: Factor.Role, in catalog: Catalog) -> Arena.Fixture? {
    let names = role == .object ? objects : targets
    return names.count == 1 ? catalog.setups[setup]?.arena.fixture(names[0]) : nil
  }
}

/// Why no scene could be drawn for an episode.
public enum SceneDrawError: Error, Hashable, Sendable, CustomStringConvertible {
  case noneLeft(task: String, role: String)
  case crowded(task: String)
  case twoKindsOfGrains(task: String)
  case unknownSuite(String, known: [String])
  case unknownTask(String, suite: String, known: [String])
  case strengthOutsideRange(Double)
  case unknownCamera(String)
  case unknownFactor(String, suite: String, known: [String])

  public var description: String {
    switch self {
    case .noneLeft(let task, let role):
      "task '\(task)' has no object left for \(role): list more objects, or ask for fewer"
    case .crowded(let task):
      "the objects of task '\(task)' do not fit on the table: ask for fewer, or enlarge the region"
    case .twoKindsOfGrains(let task):
      "task '\(task)' has grains of two kinds: fill its containers with grains of one `filling`"
    case .unknownSuite(let name, let known):
      "no suite is called '\(name)'; there are \(known.joined(separator: ", "))"
    case .unknownTask(let name, let suite, let known):
      "suite '\(suite)' has no task '\(name)'; there are \(known.joined(separator: ", "))"
    case .strengthOutsideRange(let value):
      "a factor's strength is between 0 and 1, not \(value)"
    case .unknownFactor(let name, let suite, let known):
      "suite '\(suite)' has no factor '\(name)'; there are \(known.joined(separator: ", "))"
    case .unknownCamera(let name):
      "the set-up has no camera '\(name)'; name one of those that its interface lists"
    }
  }
}
