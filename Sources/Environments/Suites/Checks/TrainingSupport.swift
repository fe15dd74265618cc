import Foundation
import Geometry
import Rendering
import Simulation

/// What the demonstrations hold, as questions: a value for which one of these is true is no test of generalization.
///
/// The checks of files ask them of what a file says, the tests of what is drawn from it.
struct TrainingSupport {
  let catalog: Catalog
  let training: TrainingDistribution
  private let sentences: [TaskFamily: Set<String>]

  init(catalog: Catalog, training: TrainingDistribution) {
    self.catalog = catalog
    self.training = training
    sentences = Self.sentences(of: training, catalog: catalog)
  }

  /// Colors that are nearer than this in every component look alike.
  static let colorTolerance = 0.04
  /// Lengths that differ by a smaller fraction are one size.
  static let scaleTolerance = 0.05
  /// Lamps whose directions differ by less are one lamp [rad].
  static let lampTolerance = 5 * Double.pi / 180
  /// Brightnesses that differ by less are one.
  static let brightnessTolerance = 0.05

  // MARK: - Where things are

  func holds(place: Vector2) -> Bool { training.region.contains(place) }

  /// - Parameter yaw: an angle about the vertical, whatever full turns it holds [rad].
  func holds(yaw: Double) -> Bool {
    abs(yaw - 2 * .pi * (yaw / (2 * .pi)).rounded()) <= training.largestYaw
  }

  /// - Parameter height: of the surface on which a thing stands [m].
  func holds(height: Double) -> Bool { height < 0.003 }

  // MARK: - What things are

  func holds(object: String, as role: Factor.Role) -> Bool {
    training.tasks.contains { ($0[role]).contains(object) }
  }

  /// Whether an object scaled by a factor has a size that training holds.
  func holds(scale: Double) -> Bool { abs(scale - 1) < Self.scaleTolerance }

  /// Whether a paint is the main one of an object of training, or nearly one that these objects have.
  func holds(paint: Color, of objects: [String]) -> Bool {
    training.objects.contains { paints(of: $0).first == paint }
      || objects.contains { name in paints(of: name).contains { $0.isLike(paint) } }
  }

  /// The colors of an object's parts, the main one first.
  private func paints(of object: String) -> [Color] {
    catalog.objects[object]?.parts.map(\.material.color) ?? []
  }

  // MARK: - What the surroundings look like

  func holds(material: Material, onSurface name: String) -> Bool {
    let surfaces = catalog.setups[training.setup]?.arena.surfaces ?? []
    return surfaces.first { $0.name == name }?.parts.contains { $0.material.isLike(material) }
      ?? false
  }

  func holds(light: Light) -> Bool {
    guard let own = catalog.setups[training.setup]?.arena.light else { return false }
    let cosine = own.direction.normalized.dot(light.direction.normalized)
    return cosine > cos(Self.lampTolerance) && own.color.isLike(light.color)
      && abs(own.intensity - light.intensity) < Self.brightnessTolerance
      && abs(own.ambient - light.ambient) < Self.brightnessTolerance
  }

  // MARK: - What is sensed and done

  /// Noise, blur [pixels] and exposure [stops] of less show nothing beside a sensor without.
  static let least = (noise: 0.005, blur: 0.3, stops: 0.1)
  /// A camera that is moved [m] and turned [rad] by less stands where it stood.
  static let leastMove = (shift: 0.005, turn: 0.5 * Double.pi / 180)

  /// Demonstrations are seen through an ideal sensor.
  func holds(sensor: Sensor) -> Bool {
    sensor.noise < Self.least.noise && sensor.blur < Self.least.blur
      && abs(sensor.stops) < Self.least.stops
  }

  /// - Parameter camera: the primary one.
  func holds(camera: SetupCamera) -> Bool {
    guard let own = catalog.setups[training.setup]?.primary else { return false }
    let (pose, trained) = (camera.camera.worldFromCamera, own.camera.worldFromCamera)
    let turn = (trained.rotation.inverse * pose.rotation).rotationVector.length
    return (pose.translation - trained.translation).length < Self.leastMove.shift
      && turn < Self.leastMove.turn
  }

  /// Whether a grasp may be as inexact as in demonstrations, or more so.
  func holds(graspsUnder rules: ContactRules) -> Bool {
    guard let own = catalog.setups[training.setup]?.rules else { return false }
    return rules.graspLateralTolerance > own.graspLateralTolerance * (1 - Self.scaleTolerance)
  }

  /// - Parameter latency: by how many control steps actions are late.
  func holds(latency: Int) -> Bool { latency == 0 }

  /// - Parameter start: of the hand, base frame [m].
  func holds(start: Vector3) -> Bool {
    catalog.setups[training.setup]?.startHolds(start) ?? false
  }

  // MARK: - What is said

  /// Whether a demonstration of the family has this instruction.
  func holds(sentence: String, of family: TaskFamily) -> Bool {
    sentences[family]?.contains(sentence) ?? false
  }

  private static func sentences(
    of training: TrainingDistribution, catalog: Catalog
  ) -> [TaskFamily: Set<String>] {
    func names(_ objects: [String]) -> Set<String> {
      Set(
        objects.compactMap { catalog.objects[$0]?.words }.flatMap { [$0.phrase] + $0.variants })
    }
    var result: [TaskFamily: Set<String>] = [:]
    for task in training.tasks {
      let targets = task.family.hasTarget ? names(task.targets) : [""]
      for form in training.wording[task.family] ?? [] {
        for object in names(task.objects) {
          for target in targets {
            result[task.family, default: []].insert(
              TrainingDistribution.sentence(form, object: object, target: target))
          }
        }
      }
    }
    return result
  }
}

extension TrainingDistribution.DemonstratedTask {
  /// The objects of a role.
  fileprivate subscript(role: Factor.Role) -> [String] {
    switch role {
    case .object: objects
    case .target: targets
    }
  }
}

extension Color {
  func isLike(_ other: Color) -> Bool { isWithin(TrainingSupport.colorTolerance, of: other) }
}

extension Material {
  fileprivate func isLike(_ other: Material) -> Bool {
    texture == other.texture && color.isLike(other.color)
      && (texture == .plain || secondColor.isLike(other.secondColor))
  }
}
