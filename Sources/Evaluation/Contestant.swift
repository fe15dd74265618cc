import EnvironmentInterface

/// What is evaluated: a row of the table.
public struct Contestant {
  /// Who chooses the actions.
  public enum Player {
    /// A policy, made when its first episode begins and let go after its last.
    case policy(make: () throws -> any Policy)
    /// The environment's scripted expert, which reads the world.
    case expert
  }

  public let name: String
  public let kind: ContestantKind
  public let player: Player

  public init(name: String, kind: ContestantKind, makePolicy: @escaping () throws -> any Policy) {
    self.name = name
    self.kind = kind
    self.player = .policy(make: makePolicy)
  }

  private init(name: String, kind: ContestantKind, player: Player) {
    self.name = name
    self.kind = kind
    self.player = player
  }

  /// The same player under another name.
  public func named(_ name: String) -> Contestant {
    Contestant(name: name, kind: kind, player: player)
  }

  /// The ceiling: the environment's own expert.
  public static func expert(named name: String = "expert") -> Contestant {
    Contestant(name: name, kind: .ceiling, player: .expert)
  }
}

/// The name and kind of a contestant, as `run.json` keeps them.
public struct ContestantDescription: Hashable, Sendable, Codable {
  public let name: String
  public let kind: ContestantKind

  public init(name: String, kind: ContestantKind) {
    self.name = name
    self.kind = kind
  }
}
