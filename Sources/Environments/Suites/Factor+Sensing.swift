import Geometry
import RandomNumbers
import Rendering
import Simulation

extension Factor {
  /// Whether the factor changes the set-up itself: its camera or its rules.
  var changesSetup: Bool {
    switch effect {
    case .camera, .graspTolerance: true
    default: false
    }
  }
}

extension Setup {
  /// The set-up as the factors have it at their strengths.
  func perturbed(
    by factors: [Factor], strengths: FactorStrengths, stream: RandomStream
  ) -> Setup {
    var result = self
    for factor in factors where strengths[factor] > 0 {
      let strength = strengths[factor]
      var source = stream.named("factor", factor.name)
      switch factor.effect {
      case .camera(let shift, let turn):
        let way = source.direction() * (shift * strength)
        let spin = Rotation(about: source.direction(), byRadians: turn * strength)
        var pose = result.primary.camera.worldFromCamera
        pose.translation += way
        pose.rotation = spin * pose.rotation
        result.primary.camera.worldFromCamera = pose
      case .graspTolerance(let scale):
        let share = 1 + (scale - 1) * strength
        result.rules.graspLateralTolerance *= share
        // Deeper, not shallower, is harder.
        result.rules.graspDepth /= share
      default: break
      }
    }
    return result
  }
}

extension Sensor {
  /// What the factors make of an ideal sensor.
  init(_ factors: [Factor], strengths: FactorStrengths, stream: RandomStream) {
    for factor in factors where strengths[factor] > 0 {
      let strength = strengths[factor]
      var source = stream.named("factor", factor.name)
      switch factor.effect {
      case .noise(let deviation): noise = deviation * strength
      case .blur(let deviation): blur = deviation * strength
      case .exposure(let choices): stops = (source.element(of: choices) ?? 0) * strength
      default: break
      }
    }
  }
}

extension [Factor] {
  /// By how many control steps actions are late.
  func latency(_ strengths: FactorStrengths) -> Int {
    reduce(0) { most, factor in
      guard case .latency(let steps) = factor.effect else { return most }
      return Swift.max(most, Int((Double(steps) * strengths[factor]).rounded()))
    }
  }

  /// Where the hand starts, in the base frame [m].
  ///
  /// - Parameter clean: where it would start without them.
  func start(
    from clean: Vector3, in setup: Setup, strengths: FactorStrengths, stream: RandomStream
  ) -> Vector3 {
    for factor in self {
      guard case .start(let outer) = factor.effect, strengths[factor] > 0 else { continue }
      var source = stream.named("factor", factor.name)
      for _ in 0..<1000 {
        let far = source.point(from: outer.min, to: outer.max)
        guard !setup.startHolds(far), setup.robot.reaches(far) else { continue }
        return clean + (far - clean) * strengths[factor]
      }
    }
    return clean
  }
}

extension Setup {
  /// Whether a point lies in the box in which the hand starts.
  func startHolds(_ point: Vector3) -> Bool {
    all((point .>= start.min) .& (point .<= start.max))
  }
}

extension RandomStream {
  /// A direction in space, all as likely.
  fileprivate mutating func direction() -> Vector3 {
    for _ in 0..<100 {
      let point = Vector3(
        uniform(in: -1...1), uniform(in: -1...1), uniform(in: -1...1))
      if (0.01...1).contains(point.length) { return point.normalized }
    }
    return .unitX
  }
}
