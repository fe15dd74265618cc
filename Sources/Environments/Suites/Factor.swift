import Geometry
import Rendering
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
    case .surface, .light, .distractors, .reword: nil
    }
  }
}
