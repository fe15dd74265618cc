import Foundation
import Geometry
import StrictYAML

extension YAMLValue {
  /// Two coordinates [m].
  func vector2(within limits: NumberLimits = .coordinate) throws -> Vector2 {
    let values = try numbers(2, within: limits)
    return Vector2(values[0], values[1])
  }

  /// Three coordinates [m].
  func vector3(within limits: NumberLimits = .coordinate) throws -> Vector3 {
    let values = try numbers(3, within: limits)
    return Vector3(values[0], values[1], values[2])
  }

  /// Three edges or radii [m].
  func size() throws -> Vector3 { try vector3(within: .length) }

  /// A direction, of any length but none.
  func direction() throws -> Vector3 {
    let direction = try vector3(within: .direction)
    guard direction.length > 1e-3 else {
      throw error("the direction has no length", mend: "write one that points somewhere")
    }
    return direction
  }

  /// `[low, high]`.
  func range(within limits: NumberLimits) throws -> ClosedRange<Double> {
    let values = try numbers(2, within: limits)
    guard values[0] <= values[1] else {
      throw error("\(values[0]) is above \(values[1])", mend: "write [low, high]")
    }
    return values[0]...values[1]
  }

  /// `[fewest, most]`.
  func integerRange(within limits: CountLimits) throws -> ClosedRange<Int> {
    let values = try list(CountLimits(2...2, "whole numbers, [fewest, most]"))
      .map { try $0.integer(within: limits) }
    guard values[0] <= values[1] else {
      throw error("\(values[0]) is more than \(values[1])", mend: "write [fewest, most]")
    }
    return values[0]...values[1]
  }

  /// A box with sides along the axes, as `{min: [x, y, z], max: [x, y, z]}` [m].
  func box() throws -> (min: Vector3, max: Vector3) {
    let entries = try mapping(knownKeys: ["min", "max"])
    let standIn = (min: Vector3(repeating: -0.1), max: Vector3(repeating: 0.1))
    let low = entries.read("min", or: standIn.min) { try $0.vector3() }
    let high = entries.read("max", or: standIn.max) { try $0.vector3() }
    guard low.x < high.x, low.y < high.y, low.z < high.z else {
      complain(
        "the box is empty or inside out", mend: "make every number of min smaller than max's")
      return standIn
    }
    return (low, high)
  }

  /// A positive length [m].
  func length() throws -> Double { try number(within: .length) }

  /// Roll, pitch, yaw in degrees.
  func rotationInDegrees() throws -> Rotation {
    let angles = try vector3(within: .degrees) * (.pi / 180)
    return Rotation(roll: angles.x, pitch: angles.y, yaw: angles.z)
  }

  /// A shape as a mapping from its kind to its measures, such as `cylinder: {radius: 0.02, height: 0.05}`.
  func shape() throws -> Shape {
    let kinds = [
      "box", "roundedBox", "ellipsoid", "sphere", "cylinder", "capsule", "lathe", "tube",
      "extrusion",
    ]
    let named = try namedEntries()
    guard named.count == 1, let (kind, value) = named.first else {
      throw error("expected one shape", mend: "write one of: \(kinds.joined(separator: ", "))")
    }
    switch kind {
    case "box":
      return .box(size: try value.mapping(knownKeys: ["size"]).required("size").size())
    case "roundedBox":
      let measures = try value.mapping(knownKeys: ["size", "radius"])
      let size = try measures.required("size").size()
      let edge = try measures.required("radius")
      let (radius, most) = (try edge.length(), min(size.x, size.y) / 2)
      guard radius <= most else {
        throw edge.error(
          "\(radius) is more than half of the shorter side", mend: "write at most \(most) m")
      }
      return .roundedBox(size: size, radius: radius)
    case "ellipsoid":
      return .ellipsoid(radii: try value.mapping(knownKeys: ["radii"]).required("radii").size())
    case "sphere":
      let radius = try value.mapping(knownKeys: ["radius"]).required("radius").length()
      return .ellipsoid(radii: Vector3(repeating: radius))
    case "cylinder", "capsule":
      let measures = try value.mapping(knownKeys: ["radius", "height"])
      let radius = try measures.required("radius").length()
      let height = try measures.required("height").length()
      return kind == "cylinder"
        ? .cylinder(radius: radius, height: height) : .capsule(radius: radius, height: height)
    case "lathe":
      let points = try value.mapping(knownKeys: ["profile"]).required("profile")
      return .lathe(profile: try points.items(.points) { try $0.vector2() })
    case "tube":
      return try value.tube()
    case "extrusion":
      let measures = try value.mapping(knownKeys: ["outline", "height"])
      return .extrusion(
        outline: try measures.required("outline").items(.corners) { try $0.vector2() },
        height: try measures.required("height").length())
    default:
      throw value.error(
        "unknown shape '\(kind)'", mend: "use one of: \(kinds.joined(separator: ", "))")
    }
  }

  private func tube() throws -> Shape {
    let measures = try mapping(knownKeys: ["path", "radii"])
    let path = try measures.required("path").items(.points) { try $0.vector3() }
    let radii = try measures.required("radii").items(.points) { try $0.length() }
    guard radii.count == path.count else {
      throw error(
        "the tube has \(path.count) points and \(radii.count) radii",
        mend: "give one radius a point")
    }
    return .tube(path: path, radii: radii)
  }
}
