import Geometry
import Simulation

/// What shall hold in a world: a family and the bodies it speaks of.
public struct Goal: Hashable, Sendable {
  public var family: TaskFamily
  /// The body to move.
  public var object: Int
  /// The body to bring it to; nil where the family has none.
  public var target: Int?
  /// What is swept, where something is.
  public var companions: [Int]

  public init(family: TaskFamily, object: Int, target: Int? = nil, companions: [Int] = []) {
    self.family = family
    self.object = object
    self.target = target
    self.companions = companions
  }
}

extension Goal {
  /// The body of a role; nil where the task has none.
  subscript(role: Factor.Role) -> Int? {
    switch role {
    case .object: object
    case .target: target
    }
  }

  /// The bodies of two roles.
  func pair(_ first: Factor.Role, _ second: Factor.Role) -> (Int, Int)? {
    guard let one = self[first], let other = self[second] else { return nil }
    return (one, other)
  }

  /// Which parts of the goal hold now, in the order of the family's.
  ///
  /// - Parameter first: `worldFromBody` of every body at the start of the episode.
  func parts(in world: World, model: TabletopModel, first: [RigidTransform]) -> [Bool] {
    family.parts.map { $0.expression.holds(for: self, in: world, model: model, first: first) }
  }

  /// Whether the goal holds now.
  func holds(in world: World, model: TabletopModel, first: [RigidTransform]) -> Bool {
    family.parts.allSatisfy {
      $0.expression.holds(for: self, in: world, model: model, first: first)
    }
  }

  /// How much of the task is done, in [0, 1], by our lines and by the paper's; 1 where the goal holds.
  func credit(
    holding isDone: Bool, in world: World, model: TabletopModel, first: [RigidTransform]
  ) -> (ours: Double, paper: Double) {
    if isDone { return (1, 1) }
    func worth(_ lines: [TaskFamily.Credit]) -> Double {
      lines.first { $0.when.holds(for: self, in: world, model: model, first: first) }?.worth ?? 0
    }
    return (worth(family.credit), worth(family.paperCredit))
  }
}
