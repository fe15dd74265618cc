import Geometry
import Rendering
import Simulation
import StrictYAML

/// A perturbation: one respect in which an episode leaves the training distribution, scaled by a strength in [0, 1].
///
/// Graded factors mix between the clean value and the file's. Those that are there or not act in the fraction of
/// episodes that the strength says, and an episode in which one acts at one strength has it at every higher one.
public struct Factor: Sendable {
  public var name: String
  /// What it changes, in a sentence.
  public var about: String
  public var effect: Effect
  /// Where the file says it.
  var place: FilePlace

  public enum Effect: Sendable {
    /// Another material on a surface of the arena, such as the table; colors mix.
    case surface(name: String, materials: [Material])
    /// Another lamp: each part given is mixed in.
    case light(direction: Vector3?, color: Color?, intensity: Double?, ambient: Double?)
    /// More objects on the table, in number as the strength.
    case distractors(count: Int, names: [String])
    /// Other paint on the object of a role; colors mix.
    case recolor(role: Role, colors: [Color])
    /// Another size; the length factor is mixed with 1.
    case scale(role: Role, factors: [Double])
    /// A turn on top of the clean one, to either side [rad].
    case turn(role: Role, angle: ClosedRange<Double>)
    /// Another place: within the outer rectangle and outside the training region; the way there is mixed.
    case relocate(role: Role, outer: Region)
    /// A block of this size under the object [m]; its height is mixed with 0.
    case raise(role: Role, size: Vector3, material: Material)
    /// Another object in the same place; is there or not.
    case replace(role: Role, names: [String])
    /// Another sentence, or another name for an object within it; is there or not.
    case reword(forms: [String], unseenNames: Bool)
    /// The object called by where it is in the primary camera's picture; is there or not.
    case locate(left: String, right: String)
    /// Neighboring letters of a word exchanged so often; is there or not.
    case typo(count: Int)
    /// One of these after the sentence; is there or not.
    case punctuation(ends: [String])
    /// Normal noise of every pixel's every channel, of this deviation as a part of full white.
    case noise(deviation: Double)
    /// A blur by a normal kernel of this deviation [pixels].
    case blur(deviation: Double)
    /// More or less light through the lens, in stops.
    case exposure(stops: [Double])
    /// The primary camera moved so far [m] and turned so far [rad], whichever way.
    case camera(shift: Double, turn: Double)
    /// Actions act so many control steps late, by the strength's part.
    case latency(steps: Int)
    /// Another start of the hand: within the outer box [m] and outside the set-up's own; the way there is mixed.
    case start(outer: Workspace)
    /// What a grasp may be off by, multiplied; the number is mixed with 1.
    case graspTolerance(scale: Double)
  }

  /// A part that an object plays in a task.
  public enum Role: String, Hashable, Sendable, Codable, CaseIterable {
    case object
    case target
  }

  /// The role that the factor changes; nil where it changes something else.
  var changedRole: Role? {
    switch effect {
    case .scale(let role, _), .turn(let role, _), .relocate(let role, _), .raise(let role, _, _),
      .replace(let role, _), .recolor(let role, _):
      role
    default: nil
    }
  }
}

extension Factor.Effect {
  /// The paints that it gives to things.
  var paints: [Color] {
    if case .recolor(_, let colors) = self { colors } else { [] }
  }

  /// The color that it gives to the lamp.
  var lamp: Color? {
    if case .light(_, let color, _, _) = self { color } else { nil }
  }
}
