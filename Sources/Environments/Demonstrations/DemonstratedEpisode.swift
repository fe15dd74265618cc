import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Simulation

/// A training episode: the expert acts while noise is injected into what it does, and one moment of it is kept.
///
/// The noise leads the hand to where a learner's own errors would lead it, and the kept label is what the expert does
/// there (DART: Laskey et al., Noise Injection for Robust Imitation Learning, CoRL 2017).
struct DemonstratedEpisode: Sendable {
  var scene: EpisodeScene
  /// The moment that was chosen.
  var world: World
  /// The world one control step before; nil at the first step.
  var earlier: World?

  /// How the noise is drawn: normal per axis with a standard deviation drawn once an episode [m], kicks of one length
  /// in a random direction [m], and fingers that do the opposite.
  private enum Noise {
    static let largestDeviation = 0.0075
    static let kickChance = 0.04
    static let kickLength = 0.015
    static let flipChance = 0.01
    static let turnChance = 0.3
  }

  /// Hands that are forced shut while they hold nothing.
  private enum Mishap {
    /// For so many steps.
    static let steps = 2...3
    /// Right above what is to be grasped it is so much likelier: closing too early is what a policy does wrong.
    static let likelierAbove = 5.0
    static let above = 0.010...0.025
  }

  static let stepLimit = 70
  /// Steps beyond a task's own, since noise costs some.
  static let respite = 10
  /// Moments at which the fingers close or open, or a hand goes down in the wrong place, are this much likelier to be chosen.
  private static let tellingWeight = 3.0

  /// A turn of more than this is one [rad].
  private static let leastTurn = 5 * Double.pi / 180

  /// A moment that somebody came to.
  init(scene: EpisodeScene, world: World, earlier: World?) {
    self.scene = scene
    self.world = world
    self.earlier = earlier
  }

  /// - Parameters:
  ///   - stream: The demonstration's own chance.
  ///   - moment: The chance by which one of its moments is kept.
  ///   - request: How the noise is drawn, and which moments are likelier.
  ///   - stepLimit: After how many control steps it ends at the latest.
  init(
    scene: EpisodeScene, stream: RandomStream, moment: RandomStream, request: DemonstrationRequest,
    stepLimit: Int = Self.stepLimit
  ) throws {
    self.scene = scene
    let turnNoise = request.turnNoise
    var turning = stream.named("turn-noise")
    var mishaps = stream.named("mishaps")
    var shutSteps = 0
    var noise = stream.named("noise")
    let deviation = noise.uniform(in: 0...Noise.largestDeviation)
    let expert = Expert(scene: scene)
    var misjudgement = Self.misjudgement(in: scene, share: request.misjudgements, stream)
    var now = try scene.firstWorld()
    var worlds: [World] = []
    var isTelling: [Bool] = []
    var turnWeights: [Double] = []
    var goalSteps = 0
    while worlds.count < stepLimit, goalSteps <= scene.hold {
      let choice = expert.choice(in: now, for: scene.goal)
      let hand = expert.handState(in: now, for: scene.goal, choice: choice)
      var command = choice.command
      worlds.append(now)
      let wrong = misjudgement?.command(in: now, for: scene.goal, expert)
      let seesMistakes = request.mishaps > 0 || request.misjudgements > 0
      let setsRight = seesMistakes && (hand.fingers == .shut || hand.isTooHighToClose)
      isTelling.append(
        (command.gripper < 0.5) != (now.grasp != nil) || setsRight
          || wrong != nil && hand.height < Misjudgement.lowHand)
      turnWeights.append(abs(hand.turn) > Self.leastTurn ? request.turnShare : 1)
      if let wrong { command = wrong }
      Self.disturb(&command, deviation: deviation, noise: &noise)
      if turnNoise > 0, turning.chance(Noise.turnChance) {
        command.rotation.z += turning.uniform(in: -turnNoise...turnNoise)
      }
      if request.mishaps > 0, now.grasp == nil, shutSteps == 0,
        mishaps.chance(Self.chance(ofMishap: request.mishaps, hand))
      {
        shutSteps =
          Mishap.steps.lowerBound + mishaps.integer(below: Mishap.steps.count)
      }
      if shutSteps > 0, now.grasp == nil {
        command.gripper = 0
        shutSteps -= 1
      }
      now.advance(applying: command)
      let holds = scene.goal.holds(in: now, model: scene.tabletop, first: scene.firstPoses)
      goalSteps = holds ? goalSteps + 1 : 0
    }
    var choosing = moment.named("moment")
    let chosen = Self.moment(isTelling, turnWeights, source: &choosing)
    world = worlds[chosen]
    earlier = chosen > 0 ? worlds[chosen - 1] : nil
  }

  private static func misjudgement(
    in scene: EpisodeScene, share: Double, _ stream: RandomStream
  ) -> Misjudgement? {
    guard share > 0, Misjudgement.isPossible(in: scene.goal.family) else { return nil }
    var source = stream.named("misjudgement")
    return source.chance(share) ? Misjudgement(source: &source) : nil
  }

  /// Adds the noise of one step to what the expert asked for.
  static func disturb(_ command: inout ArmCommand, deviation: Double, noise: inout RandomStream) {
    func random(_ deviation: Double) -> Vector3 {
      Vector3(
        noise.normal(standardDeviation: deviation), noise.normal(standardDeviation: deviation),
        noise.normal(standardDeviation: deviation))
    }
    command.translation += random(deviation)
    if noise.chance(Noise.kickChance) {
      command.translation += random(1).normalized * Noise.kickLength
    }
    if noise.chance(Noise.flipChance) { command.gripper = command.gripper < 0.5 ? 1 : 0 }
  }

  private static func chance(ofMishap usual: Double, _ hand: HandState) -> Double {
    let isAbove = hand.distance < Expert.zone && Mishap.above.contains(hand.height)
    return min(1, usual * (isAbove ? Mishap.likelierAbove : 1))
  }

  /// A step, likelier one that is telling, or next to one, or at which the hand turns.
  private static func moment(
    _ isTelling: [Bool], _ turnWeights: [Double], source: inout RandomStream
  ) -> Int {
    let weights = isTelling.indices.map { index in
      let near = max(0, index - 1)...min(isTelling.count - 1, index + 1)
      return (isTelling[near].contains(true) ? tellingWeight : 1) * turnWeights[index]
    }
    var rest = source.uniform() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.count - 1
  }
}

extension TrainingDistribution {
  /// A random task of the training distribution, as a definition whose scene can be drawn.
  func task(source: inout RandomStream) -> TaskDefinition {
    var rest = source.uniform() * tasks.reduce(0) { $0 + $1.weight }
    let task =
      tasks.first { task in
        rest -= task.weight
        return rest < 0
      } ?? tasks[0]
    let roles = task.family.hasTarget ? 2 : 1
    // A quarter of the scenes hold one container or plate more, so that destinations are a choice too.
    return TaskDefinition(
      name: task.family.name, setup: setup, family: task.family, objects: task.objects,
      targets: task.targets, companions: [],
      othersCount: max(0, objectCount.lowerBound - roles)...max(0, objectCount.upperBound - roles),
      others: movable + movable + destinations, factors: [], places: [:], draw: "training",
      stepLimit: 60, hold: 2)
  }

  /// Everything that demonstrations move.
  var movable: [String] { Set(tasks.flatMap(\.objects)).sorted() }

  /// Everything that demonstrations put things on or in and never move.
  var destinations: [String] {
    Set(tasks.flatMap(\.targets)).subtracting(movable).sorted()
  }
}
