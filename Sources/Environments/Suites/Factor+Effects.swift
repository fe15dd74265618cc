import Geometry
import RandomNumbers
import Rendering

extension Factor {
  /// Whether the factor changes what never moves: surfaces or light.
  var changesArena: Bool {
    switch effect {
    case .surface, .light: true
    default: false
    }
  }

  /// Whether the factor changes the outline or the place of a thing, by degrees.
  var changesOutline: Bool {
    switch effect {
    case .scale, .turn, .relocate: true
    default: false
    }
  }

  /// The factor's own chance in an episode.
  fileprivate func stream(under stream: RandomStream) -> RandomStream {
    stream.named("factor", name)
  }
}

extension ObjectModel {
  /// The object in a role as the factors have it at their strengths; size and paint only.
  func perturbed(
    as role: Factor.Role?, by factors: [Factor], strengths: FactorStrengths, stream: RandomStream
  ) -> ObjectModel {
    guard let role else { return self }
    var result = self
    for factor in factors where factor.changedRole == role && strengths[factor] > 0 {
      let strength = strengths[factor]
      var source = factor.stream(under: stream)
      switch factor.effect {
      case .scale(_, let lengths):
        guard let length = source.element(of: lengths) else { continue }
        result = result.scaled(by: 1 + (length - 1) * strength)
      case .recolor(_, let colors):
        guard let color = source.element(of: colors) else { continue }
        result = result.recolored(to: color, fraction: strength)
      default: break
      }
    }
    return result
  }
}

extension Arena {
  /// The arena as the factors have it at their strengths.
  func perturbed(
    by factors: [Factor], strengths: FactorStrengths, stream: RandomStream
  ) -> Arena {
    var result = self
    for factor in factors where strengths[factor] > 0 {
      let strength = strengths[factor]
      var source = factor.stream(under: stream)
      switch factor.effect {
      case .surface(let name, let materials):
        guard let material = source.element(of: materials) else { continue }
        for index in result.surfaces.indices where result.surfaces[index].name == name {
          result.surfaces[index].parts = result.surfaces[index].parts.map { part in
            var part = part
            part.material = part.material.mixed(with: material, fraction: strength)
            return part
          }
        }
      case .light(let direction, let color, let intensity, let ambient):
        result.light = result.light.mixed(
          direction: direction, color: color, intensity: intensity, ambient: ambient,
          fraction: strength)
      default: break
      }
    }
    return result
  }
}

extension Material {
  /// The pattern of another material in colors that are mixed with this one's.
  func mixed(with other: Material, fraction: Double) -> Material {
    var result = other
    result.color = color.mixed(with: other.color, fraction: fraction)
    result.secondColor = secondColor.mixed(with: other.secondColor, fraction: fraction)
    return result
  }
}

extension Light {
  /// The light with each part that is given mixed in.
  func mixed(
    direction: Vector3?, color: Color?, intensity: Double?, ambient: Double?, fraction: Double
  ) -> Light {
    var result = self
    if let direction {
      let (from, to) = (self.direction.normalized, direction.normalized)
      result.direction = from + (to - from) * fraction
    }
    if let color { result.color = self.color.mixed(with: color, fraction: fraction) }
    if let intensity { result.intensity += (intensity - self.intensity) * fraction }
    if let ambient { result.ambient += (ambient - self.ambient) * fraction }
    return result
  }
}
