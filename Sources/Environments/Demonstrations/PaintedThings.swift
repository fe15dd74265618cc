import Foundation
import Geometry
import RandomNumbers
import Rendering
import Simulation
import Synchronization

/// Things in paint that they do not usually have, so that a thing is learned by its shape too.
///
/// What is called by a color keeps it: the blue cup stays blue, and the carrot orange where somebody speaks of the
/// orange carrot. A paint that an evaluation gives to anything is never drawn, nor one close to it. Each thing has few
/// paints, since each is a model that a renderer keeps.
final class PaintedThings: Sendable {
  private struct Key: Hashable {
    var name: String
    var paint: Int
  }

  /// Paints of a thing.
  static let paintCount = 16
  /// No paint is nearer than this, in every component, to one that an evaluation gives to things.
  static let distance = 0.15

  private let heldOut: [Color]
  private let made = Mutex<[Key: SceneObject]>([:])

  /// - Parameter heldOut: Paints of evaluations.
  init(heldOut: [Color]) { self.heldOut = heldOut }

  /// The same things, each that may be painted with the chance `share` in one of its paints.
  ///
  /// - Parameter instructions: What is said of them.
  func painted(
    _ objects: [SceneObject], share: Double, instructions: [String], source: inout RandomStream
  ) throws -> [SceneObject] {
    guard share > 0 else { return objects }
    return try objects.map { object in
      let (isChosen, paint) = (source.chance(share), source.integer(below: Self.paintCount))
      guard isChosen, object.kind != nil,
        Self.mayBePainted(object.model.words, instructions: instructions)
      else { return object }
      return try self.painted(object, paint: paint)
    }
  }

  /// Whether nobody calls a thing by its color.
  static func mayBePainted(_ words: ObjectWords, instructions: [String]) -> Bool {
    let colored = (words.variants + words.unseen).filter(\.saysColor)
    return !words.noun.saysColor && !words.phrase.saysColor
      && !instructions.contains { said in colored.contains { said.contains($0) } }
  }

  /// A paint of a thing: drawn, and drawn again where evaluations have one like it; nil where they have nearly all.
  func paint(_ number: Int, of name: String) -> Color? {
    var source = RandomStream(seed: 0).named("paints", name).numbered(number)
    return Color.drawn(besides: heldOut, distance: Self.distance) {
      Color(source.uniform(), source.uniform(), source.uniform())
    }
  }

  private func painted(_ object: SceneObject, paint number: Int) throws -> SceneObject {
    let key = Key(name: object.model.name, paint: number)
    let known = made.withLock { $0[key] }
    var result = object
    if let known {
      (result.model, result.drawn, result.digest) = (known.model, known.drawn, known.digest)
      return result
    }
    guard let color = paint(number, of: object.model.name) else { return object }
    result.model = object.model.recolored(to: color, fraction: 1)
    result.model.words.color = ObjectWords.colorName(of: color)
    result.model.words.variants.removeAll(where: \.saysColor)
    result.model.words.unseen.removeAll(where: \.saysColor)
    result.drawn = try Model(parts: result.model.parts)
    result.digest = try result.model.contentDigest
    // Another thread may have made it meanwhile: one model a paint is kept.
    return made.withLock { made in
      let kept = made[key] ?? result
      made[key] = kept
      (result.model, result.drawn, result.digest) = (kept.model, kept.drawn, kept.digest)
      return result
    }
  }
}

extension ObjectWords {
  /// One color of each name, to tell which name another color has.
  private static let examples: [String: [Color]] = [
    "red": [Color(0.85, 0.12, 0.10), Color(0.55, 0.08, 0.10)],
    "orange": [Color(0.95, 0.52, 0.10)],
    "yellow": [Color(0.95, 0.85, 0.15), Color(0.75, 0.70, 0.15)],
    "green": [Color(0.20, 0.65, 0.20), Color(0.10, 0.35, 0.15), Color(0.50, 0.80, 0.40)],
    "blue": [Color(0.15, 0.30, 0.80), Color(0.10, 0.15, 0.45), Color(0.35, 0.65, 0.90)],
    "purple": [Color(0.50, 0.20, 0.70), Color(0.35, 0.10, 0.40)],
    "pink": [Color(0.95, 0.55, 0.70), Color(0.90, 0.25, 0.60)],
    "white": [Color(0.95, 0.95, 0.93)],
    "black": [Color(0.06, 0.06, 0.06)],
    "brown": [Color(0.45, 0.28, 0.14), Color(0.65, 0.48, 0.30)],
    "gray": [Color(0.35, 0.35, 0.36), Color(0.65, 0.65, 0.66)],
  ]

  /// The name among `colorNames` whose examples are nearest to a color, as encoded.
  static func colorName(of color: Color) -> String {
    func distance(_ name: String) -> Double {
      (examples[name] ?? []).map { example in
        let (red, green, blue) = (
          example.red - color.red, example.green - color.green, example.blue - color.blue
        )
        return red * red + green * green + blue * blue
      }.min() ?? .infinity
    }
    return colorNames.min { distance($0) < distance($1) } ?? colorNames[0]
  }
}

extension String {
  /// Whether one of its words is a color's name.
  fileprivate var saysColor: Bool {
    split(separator: " ").contains { ObjectWords.colorNames.contains(String($0)) }
  }
}

extension Color {
  /// A color that is near none of those; nil where a thousand draws gave none.
  static func drawn(besides heldOut: [Color], distance: Double, _ draw: () -> Color) -> Color? {
    for _ in 0..<1000 {
      let color = draw()
      if !heldOut.contains(where: { color.isWithin(distance, of: $0) }) { return color }
    }
    return nil
  }

  /// Whether no component differs by as much as `distance`.
  func isWithin(_ distance: Double, of other: Color) -> Bool {
    abs(red - other.red) < distance && abs(green - other.green) < distance
      && abs(blue - other.blue) < distance
  }
}
