import Geometry
import StrictYAML

extension BenchmarkChecks {
  mutating func check(_ suite: Suite) {
    let used = Set(suite.tasks.flatMap(\.factors))
    for factor in suite.factors.values where !used.contains(factor.name) {
      complain(
        factor.place, "the factor '\(factor.name)' acts in no task",
        mend: "name it under a task's `factors`, or remove it")
    }
    for task in suite.tasks {
      check(task)
      checkFactors(of: task, suite: suite)
    }
    for factor in suite.factors.values {
      check(factor, in: suite.tasks.filter { $0.factors.contains(factor.name) })
    }
  }

  private mutating func check(_ task: TaskDefinition) {
    if task.family.isHeldOnTheWay {
      checkHoldable(task.objects, by: task.setup, place: task.place)
    }
    if task.family.needsHollowTarget {
      checkHollow(task.targets, in: task.setup, place: task.place)
    }
    checkRoom(for: task)
    if task.family.movesJoint, task.fixture(as: .object, in: catalog)?.object.joint == nil {
      complain(
        task.place, "'\(task.objects.first ?? "…")' neither opens nor shuts",
        mend: "name a fixture of the arena whose object has a `joint`")
    }
    for name in task.objects + task.targets + task.companions + task.others
    where catalog.objects[name]?.joint != nil
      && catalog.setups[task.setup]?.arena.fixture(name) == nil
    {
      complain(
        task.place, "'\(name)' has a joint and cannot lie about",
        mend: "put it among the `fixtures` of an arena")
    }
    let cast = Set(task.objects + task.targets + task.companions + task.others)
    for name in task.places.keys.sorted() where !cast.contains(name) {
      complain(
        task.place, "there is a place for '\(name)', which is not in task '\(task.name)'",
        mend: "remove the place, or list it among `companions`")
    }
    for name in task.companions where task.objects == [name] || task.targets == [name] {
      complain(
        task.place, "the companion '\(name)' is the task's own object or target",
        mend: "remove it from `companions`")
    }
    if task.others.isEmpty == (task.othersCount.upperBound > 0) || !hasSenseOfOthers(task) {
      complain(
        task.place, "`others` adds nothing to task '\(task.name)'",
        mend: "give it a `count` above 0 and objects to draw from, or remove it")
    }
  }

  private func hasSenseOfOthers(_ task: TaskDefinition) -> Bool {
    task.others.isEmpty || task.othersCount.upperBound > 0
  }

  /// Where things stand must be on the table and within reach, in a set-up other than that of training too.
  private mutating func checkRoom(for task: TaskDefinition) {
    guard let setup = catalog.setups[task.setup] else { return }
    for (name, region) in setup.regions.sorted(by: { $0.key < $1.key }) {
      checkRegion(
        region.region, what: "the region '\(name)' of '\(setup.name)'", at: region.height,
        place: task.place ?? training.place, in: setup)
    }
    guard task.setup != training.setup, setup.regions["table"] == nil,
      task.staging.regions["object"] == nil, task.staging.upon["object"] == nil,
      task.fixture(as: .object, in: catalog) == nil
    else { return }
    complain(
      task.place, "nobody says where the objects of task '\(task.name)' stand",
      mend: "give '\(setup.name)' a region called 'table', or the task a line `in: {object: …}`")
  }

  /// Whoever shall be moved must fit into the hand.
  ///
  /// - Parameter scale: what a factor multiplies lengths by.
  mutating func checkHoldable(
    _ names: [String], by setup: String, scale: Double = 1, place: FilePlace?
  ) {
    let handOpening = handOpening(of: setup)
    for name in names {
      guard let object = catalog.objects[name] else { continue }
      guard object.body.isGraspable, !object.body.isFixed else {
        complain(
          place, "'\(name)' cannot be moved: its file says that it is fixed or not graspable",
          mend: "choose another object to move")
        continue
      }
      guard object.graspWidth * scale <= handOpening else {
        let width = (object.graspWidth * scale * 1000).rounded() / 1000
        complain(
          place, "'\(name)' is \(width) m wide and the hand opens to \(handOpening) m",
          mend: "choose a narrower object, or make it smaller")
        continue
      }
    }
  }

  /// What something is put into must be hollow.
  mutating func checkHollow(_ names: [String], in setup: String, place: FilePlace?) {
    func object(_ name: String) -> ObjectModel? {
      catalog.setups[setup]?.arena.fixture(name)?.object ?? catalog.objects[name]
    }
    for name in names where object(name).map({ $0.body.cavity == nil }) ?? false {
      complain(
        place, "nothing can be put in '\(name)', which has no hollow",
        mend: "choose a container, give it a `cavity`, or ask for `put-on`")
    }
  }

  // MARK: - Factors of a task

  private mutating func checkFactors(of task: TaskDefinition, suite: Suite) {
    var actsOn: [String: String] = [:]
    for name in task.factors {
      guard let factor = suite.factors[name] else { continue }
      if factor.changedRole == .target, !task.family.hasTarget {
        complain(
          task.place,
          "the factor '\(name)' changes the target, and '\(task.family.name)' has none",
          mend: "remove it from `factors`, or give it the role object")
      }
      for what in factor.changes {
        if let other = actsOn.updateValue(name, forKey: what) {
          complain(
            task.place, "the factors '\(other)' and '\(name)' both change \(what)",
            mend: other == name ? "name it once" : "let one of them act")
        }
      }
    }
    checkWords(of: task, suite: suite)
    checkSupply(for: task, suite: suite)
  }

  private mutating func checkWords(of task: TaskDefinition, suite: Suite) {
    for case .reword(let forms, let unseenNames) in task.factors.compactMap({
      suite.factors[$0]?.effect
    }) {
      for form in forms where form.contains("{target}") != task.family.hasTarget {
        complain(
          task.place,
          "'\(form)' \(task.family.hasTarget ? "does not name" : "names") a target, and "
            + "'\(task.family.name)' has \(task.family.hasTarget ? "one" : "none")",
          mend: "write sentences for the family of the task")
      }
      if unseenNames,
        let known = task.objects.first(where: {
          catalog.objects[$0]?.words.unseen.isEmpty ?? false
        })
      {
        complain(
          task.place, "'\(known)' of task '\(task.name)' has no unseen names",
          mend: "give it a list `words.unseen`, or leave it out")
      }
    }
  }

  /// Objects are drawn so that no two of a scene share their name; there must be enough of them.
  private mutating func checkSupply(for task: TaskDefinition, suite: Suite) {
    func phrases(_ names: [String]) -> Set<String> {
      Set(names.compactMap { catalog.objects[$0]?.words.phrase })
    }
    var takers = [phrases(task.objects), phrases(task.targets)].filter { !$0.isEmpty }
    takers += task.companions.map { phrases([$0]) }
    for case .replace(_, let names) in task.factors.compactMap({ suite.factors[$0]?.effect }) {
      takers.append(phrases(names))
    }
    func check(_ names: [String], count: Int, what: String) -> Bool {
      let supply = phrases(names)
      let taken = takers.count { !$0.isDisjoint(with: supply) }
      takers += Array(repeating: supply, count: count)
      return supply.count - taken >= count
    }
    let others = task.othersCount.upperBound
    if !check(task.others, count: others, what: "others") {
      complain(
        task.place,
        "`others` asks for \(others) objects, and there are not as many of different names",
        mend: "ask for fewer, or list more to draw from")
    }
    for factor in task.factors.compactMap({ suite.factors[$0] }) {
      guard case .distractors(let count, let names) = factor.effect else { continue }
      if !check(names, count: count, what: factor.name) {
        complain(
          factor.place, "there are not \(count) objects of different names to draw from",
          mend: "ask for fewer, or list more to draw from")
      }
    }
    let targets = phrases(task.targets)
    let hasChoice = task.objects.allSatisfy { object in
      !targets.subtracting(phrases([object])).isEmpty
    }
    if task.family.hasTarget, task.fixture(as: .target, in: catalog) == nil, !hasChoice {
      complain(
        task.place, "an object of task '\(task.name)' leaves no target of another name",
        mend: "list more targets")
    }
  }
}

extension Factor {
  /// What it changes, in words: of two factors that change one thing one would act on nothing.
  fileprivate var changes: [String] {
    switch effect {
    case .surface(let name, _): ["the surface '\(name)'"]
    case .light: ["the light"]
    case .distractors: ["the distractors of '\(name)'"]
    case .recolor(let role, _): ["the paint of the \(role.rawValue)"]
    case .scale(let role, _): ["the size of the \(role.rawValue)"]
    case .turn(let role, _): ["the angle of the \(role.rawValue)"]
    case .relocate(let role, _): ["the place of the \(role.rawValue)"]
    case .raise(let role, _, _): ["the height of the \(role.rawValue)"]
    case .replace(let role, _): ["which thing the \(role.rawValue) is"]
    case .reword(let forms, let unseenNames):
      (forms.isEmpty ? [] : ["the sentence"]) + (unseenNames ? ["the object's name"] : [])
    case .locate: ["the object's name"]
    case .typo: ["the spelling"]
    case .punctuation: ["the sentence's end"]
    case .noise: ["the noise of pictures"]
    case .blur: ["the sharpness of pictures"]
    case .exposure: ["the exposure"]
    case .camera: ["the camera's pose"]
    case .latency: ["how late actions act"]
    case .start: ["where the hand starts"]
    case .graspTolerance: ["how exact a grasp must be"]
    }
  }
}
