import Foundation
import Geometry
import StrictYAML

extension YAMLValue {
  func vector2() throws -> Vector2 {
    let values = try numbers(2)
    return Vector2(values[0], values[1])
  }

  func vector3() throws -> Vector3 {
    let values = try numbers(3)
    return Vector3(values[0], values[1], values[2])
  }

  func range() throws -> ClosedRange<Double> {
    let values = try numbers(2)
    guard values[0] <= values[1] else {
      throw error("\(values[0]) is above \(values[1])", mend: "write [low, high]")
    }
    return values[0]...values[1]
  }

  func integerRange() throws -> ClosedRange<Int> {
    let values = try list().map { try $0.integer() }
    guard values.count == 2, values[0] <= values[1] else {
      throw error("expected [fewest, most]", mend: "write two whole numbers, the smaller first")
    }
    return values[0]...values[1]
  }

  /// A positive length [m].
  func length() throws -> Double {
    let value = try number()
    guard value > 0 else {
      throw error("\(value) is no length", mend: "write a positive number of metres")
    }
    return value
  }

  /// Roll, pitch, yaw in degrees.
  func rotationInDegrees() throws -> Rotation {
    let angles = try vector3() * (.pi / 180)
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
      return .box(size: try value.mapping(knownKeys: ["size"]).required("size").vector3())
    case "roundedBox":
      let measures = try value.mapping(knownKeys: ["size", "radius"])
      return .roundedBox(
        size: try measures.required("size").vector3(),
        radius: try measures.required("radius").length())
    case "ellipsoid":
      return .ellipsoid(radii: try value.mapping(knownKeys: ["radii"]).required("radii").vector3())
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
      return .lathe(profile: try points.list().map { try $0.vector2() })
    case "tube":
      return try value.tube()
    case "extrusion":
      let measures = try value.mapping(knownKeys: ["outline", "height"])
      return .extrusion(
        outline: try measures.required("outline").list().map { try $0.vector2() },
        height: try measures.required("height").length())
    default:
      throw value.error(
        "unknown shape '\(kind)'", mend: "use one of: \(kinds.joined(separator: ", "))")
    }
  }

  private func tube() throws -> Shape {
    let measures = try mapping(knownKeys: ["path", "radii"])
    let path = try measures.required("path").list().map { try $0.vector3() }
    let radii = try measures.required("radii").list().map { try $0.length() }
    guard path.count >= 2, radii.count == path.count else {
      throw error(
        "a tube needs two points or more and one radius a point",
        mend: "give as many radii (\(radii.count)) as points (\(path.count))")
    }
    return .tube(path: path, radii: radii)
  }
}
