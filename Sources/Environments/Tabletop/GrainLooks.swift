import Geometry
import RandomNumbers
import Rendering
import Simulation
import Synchronization

/// How grains of one kind are drawn: a heap in a container by its level, a pile on the table by its count.
///
/// Keeps the models it has made, since renderers know a model by its identity.
final class GrainLooks: Sendable {
  private enum Key: Hashable {
    case heap(Cavity, millimeters: Int)
    case pile(Int)
  }

  private let filling: Filling
  private let models = Mutex<[Key: Model]>([:])

  init(_ filling: Filling) { self.filling = filling }

  /// The most single grains that are drawn of a heap or a pile.
  private static let mostDrawn = 48

  /// What fills a container to a level, in the container's frame.
  ///
  /// - Parameter level: over the hollow's floor [m].
  func heap(in cavity: Cavity, level: Double) -> Model? {
    let millimeters = max(1, Int((level * 1000).rounded(.up)))
    return model(.heap(cavity, millimeters: millimeters)) {
      let outline = ConvexPolygon(hullOf: cavity.footprint)
      let middle = outline.centroid
      let height = Double(millimeters) / 1000
      let top = cavity.floor + height
      let slab = Part(
        shape: .extrusion(
          outline: outline.vertices.map { middle + 0.97 * ($0 - middle) }, height: height),
        material: filling.material,
        bodyFromShape: RigidTransform(translation: Vector3(0, 0, cavity.floor)))
      let reach = outline.vertices.map { ($0 - middle).length }.min() ?? 0
      let count = min(Self.mostDrawn, Int(outline.area / (filling.diameter * filling.diameter)))
      return [slab]
        + (0..<count).map { number in
          let place = middle + 0.9 * reach * Self.spiral(number, of: count)
          return grain(number, at: Vector3(place, z: top))
        }
    }
  }

  /// A pile on the table, about its middle.
  func pile(of count: Int) -> Model? {
    let shown = min(count, Self.mostDrawn)
    return model(.pile(shown)) {
      let radius = 0.6 * filling.diameter * Double(shown).squareRoot()
      return (0..<shown).map { number in
        let place = radius * Self.spiral(number, of: shown)
        let slope = 0.35 * (radius - place.length)
        return grain(number, at: Vector3(place, z: 0.3 * filling.diameter + max(0, slope)))
      }
    }
  }

  /// A place in the unit disc, evenly spread: Vogel's spiral (1979).
  private static func spiral(_ number: Int, of count: Int) -> Vector2 {
    let radius = ((Double(number) + 0.5) / Double(max(count, 1))).squareRoot()
    let turn = Rotation(about: .unitZ, byRadians: 2.399_963 * Double(number))
    return (turn * Vector3(radius, 0, 0)).xy
  }

  private func grain(_ number: Int, at place: Vector3) -> Part {
    var source = RandomStream(seed: 0).named("grain").numbered(number)
    var material = filling.material
    material.texture = .plain
    material.color = material.color.mixed(
      with: material.secondColor, fraction: source.uniform(in: 0...0.6))
    let diameter = filling.diameter
    return Part(
      shape: .box(size: Vector3(diameter, 0.8 * diameter, 0.55 * diameter)), material: material,
      bodyFromShape: RigidTransform(
        rotation: Rotation(
          roll: source.uniform(in: -0.5...0.5), pitch: source.uniform(in: -0.5...0.5),
          yaw: source.uniform(in: 0...3)), translation: place))
  }

  /// A model that is there or is made; nil for one that cannot be drawn, which the files' limits rule out.
  private func model(_ key: Key, _ parts: () -> [Part]) -> Model? {
    models.withLock { models in
      if let known = models[key] { return known }
      let made = try? Model(parts: parts())
      models[key] = made
      return made
    }
  }
}
