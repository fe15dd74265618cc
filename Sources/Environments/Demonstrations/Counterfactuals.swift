import Geometry
import RandomNumbers
import Simulation

extension TrainingDistribution {
  /// The goals that an instruction could set in this very state: what else the robot could have been told.
  ///
  /// With an empty hand, any demonstrated task about things in view; with something held, only tasks that move it.
  /// Never a goal that holds already, a thing that carries another or stands in a container, or a place that is taken.
  func goals(in world: World, scene: EpisodeScene) -> [Goal] {
    let names = scene.objects.map(\.model.name)
    let supports = scene.objects.indices.map { world.supporter(of: $0, in: scene.tabletop) }
    func carriesSomething(except object: Int? = nil, _ body: Int) -> Bool {
      supports.indices.contains { $0 != object && supports[$0] == .body(body) }
    }
    var goals: [Goal] = []
    for task in tasks {
      for object in names.indices where task.objects.contains(names[object]) {
        if let held = world.grasp?.body, held != object { continue }
        guard world.grasp != nil || isFree(object, supports: supports, scene: scene) else {
          continue
        }
        guard !carriesSomething(object) else { continue }
        guard task.family.hasTarget else {
          goals.append(Goal(family: task.family, object: object))
          continue
        }
        for target in names.indices
        where target != object && task.targets.contains(names[target]) {
          guard !carriesSomething(except: object, target) else { continue }
          guard isFree(target, supports: supports, scene: scene) else { continue }
          goals.append(Goal(family: task.family, object: object, target: target))
        }
      }
    }
    return goals.filter {
      !$0.holds(in: world, model: scene.tabletop, first: scene.firstPoses)
    }
  }

  /// Whether a body stands on the table or on something flat, where fingers reach it.
  private func isFree(_ body: Int, supports: [Support], scene: EpisodeScene) -> Bool {
    guard case .body(let below) = supports[body] else { return true }
    return scene.tabletop.bodies[below].cavity == nil
  }

  /// Goals of different families in turn, so that pairs of things do not crowd out single ones.
  func choose(_ count: Int, from goals: [Goal], source: inout RandomStream) -> [Goal] {
    var byFamily = families.map { family in
      source.shuffled(goals.filter { $0.family == family })
    }.filter { !$0.isEmpty }
    byFamily = source.shuffled(byFamily)
    var chosen: [Goal] = []
    while chosen.count < count, !byFamily.isEmpty {
      for index in byFamily.indices where chosen.count < count {
        if let goal = byFamily[index].popLast() { chosen.append(goal) }
      }
      byFamily.removeAll(where: \.isEmpty)
    }
    return chosen
  }

  /// An instruction for a goal in one of the ways that demonstrations say it, and what it calls the goal's bodies.
  func instruction(
    for goal: Goal, in scene: EpisodeScene, source: inout RandomStream
  ) -> (sentence: String, names: [(phrase: String, body: Int)]) {
    func name(_ body: Int) -> String {
      let words = scene.objects[body].model.words
      return source.chance(0.7)
        ? words.phrase : source.element(of: [words.phrase] + words.variants) ?? words.phrase
    }
    let forms = wording[goal.family] ?? []
    let form = source.chance(0.5) ? forms.first : source.element(of: forms)
    let object = name(goal.object)
    let target = goal.target.map { (phrase: name($0), body: $0) }
    return (
      Self.sentence(form ?? "{object}", object: object, target: target?.phrase),
      [(object, goal.object)] + (target.map { [$0] } ?? [])
    )
  }
}
