import Foundation
import Geometry
import Rendering
import Simulation
import StrictYAML

/// The grains that a container starts with: how many, how large and what they look like.
public struct Filling: Hashable, Sendable, Codable {
  public var count: Int
  /// A grain's [m].
  public var diameter: Double
  /// The steepest slope on which they lie still [rad].
  public var angleOfRepose: Double
  public var material: Material

  /// The share of a heap that balls of one size fill (random close packing; Bernal and Mason 1960).
  private static let packing = 0.64

  /// What moves of them.
  var model: GrainModel {
    GrainModel(
      volume: .pi / 6 * pow(diameter, 3) / Self.packing, angleOfRepose: angleOfRepose)
  }

  /// Whether two fillings are of one kind of grains.
  func isLike(_ other: Filling) -> Bool {
    diameter == other.diameter && angleOfRepose == other.angleOfRepose && material == other.material
  }
}

extension YAMLValue {
  /// `{count, diameter, angleOfRepose, material}`, in metres and degrees.
  ///
  /// - Parameter cavity: the hollow that they are in; nil where there is none.
  func filling(of cavity: Cavity?) throws -> Filling {
    let entries = try mapping(knownKeys: ["count", "diameter", "angleOfRepose", "material"])
    let filling = Filling(
      count: entries.integer("count", within: CountLimits(1...5000, "grains")),
      diameter: entries.number("diameter", within: NumberLimits(0.002...0.03, "m")),
      angleOfRepose: entries.number(
        "angleOfRepose", within: NumberLimits(1...60, "degrees"), default: 30) * .pi / 180,
      material: entries.read("material", or: Material(color: .white)) { try $0.material() })
    guard let cavity else {
      complain("what has no hollow holds no grains", mend: "give it a `cavity`")
      return filling
    }
    let room =
      ConvexPolygon(hullOf: cavity.footprint).area * (cavity.rim - cavity.floor)
    let most = Int(room / filling.model.volume)
    if filling.count > most {
      complain("the hollow holds \(most) grains of this size", mend: "let `count` be at most that")
    }
    return filling
  }
}
