import Foundation
import Geometry
import Rendering
import StrictYAML

extension BenchmarkChecks {
  /// Whether what a factor does is out of the training distribution, whatever is drawn.
  ///
  /// - Parameter tasks: those in which it acts.
  mutating func check(_ factor: Factor, in tasks: [TaskDefinition]) {
    let objects = tasks.flatMap { factor.changedRole == .target ? $0.targets : $0.objects }
    switch factor.effect {
    case .surface(let name, let materials):
      if materials.contains(where: { support.holds(material: $0, onSurface: name) }) {
        complainOfSupport(factor, "a material of '\(name)' is the one that training has there")
      }
    case .light(let direction, let color, let intensity, let ambient):
      guard let own = catalog.setups[training.setup]?.arena.light else { return }
      let light = own.mixed(
        direction: direction, color: color, intensity: intensity, ambient: ambient, fraction: 1)
      if support.holds(light: light) {
        complainOfSupport(factor, "the light is the one that training has")
      }
    case .distractors(let count, let names):
      let isMore = tasks.allSatisfy {
        ($0.family.hasTarget ? 2 : 1) + $0.companions.count + $0.othersCount.lowerBound + count
          > training.objectCount.upperBound
      }
      if !isMore, let known = names.first(where: training.objects.contains) {
        complainOfSupport(factor, "training shows '\(known)' among as many objects")
      }
    case .recolor(_, let colors):
      if let index = colors.firstIndex(where: { support.holds(paint: $0, of: objects) }) {
        complainOfSupport(factor, "training shows the color number \(index + 1) of the list")
      }
    case .scale(let role, let factors):
      if let known = factors.first(where: support.holds(scale:)) {
        complainOfSupport(factor, "scaled by \(known) it is as large as in training")
      }
      if role == .object {
        checkHoldable(
          objects, by: training.setup, scale: factors.max() ?? 1, place: factor.place)
      }
    case .turn(_, let angle): check(turn: angle, of: objects, factor)
    case .relocate(_, let outer): check(outer: outer, factor)
    case .raise(_, let size, _):
      if support.holds(height: size.z) { complainOfSupport(factor, "the block has no height") }
    case .replace(let role, let names):
      if let known = names.first(where: { support.holds(object: $0, as: role) }) {
        complainOfSupport(factor, "training has '\(known)' as \(role.rawValue)")
      }
      if role == .object { checkHoldable(names, by: training.setup, place: factor.place) }
      if role == .target, tasks.contains(where: { $0.family.needsHollowTarget }) {
        checkHollow(names, in: training.setup, place: factor.place)
      }
    case .reword(let forms, _):
      let known = forms.first { form in
        tasks.contains { training.wording[$0.family]?.contains(form) ?? false }
      }
      if let known { complainOfSupport(factor, "training says '\(known)'") }
      let own = factor.name.replacing("-", with: " ")
      if let form = forms.first(where: { $0.contains(factor.name) || $0.contains(own) }) {
        complain(
          factor.place, "'\(form)' tells the policy which factor acts",
          mend: "say what a person would say")
      }
    case .start(let outer):
      guard let setup = catalog.setups[training.setup] else { return }
      if all((outer.min .>= setup.start.min) .& (outer.max .<= setup.start.max)) {
        complainOfSupport(factor, "the hand of training starts everywhere in `outer`")
      }
    // Training has none of these, and their files' limits leave out what shows nothing.
    case .locate, .typo, .punctuation, .noise, .blur, .exposure, .camera, .latency,
      .graspTolerance:
      break
    }
  }

  private mutating func complainOfSupport(_ factor: Factor, _ problem: String) {
    complain(
      factor.place, "\(problem), so that '\(factor.name)' is not out of distribution",
      mend: "choose what no demonstration has")
  }

  /// A turn beyond the angles of training, and short of coming round to them, or to half a turn that looks the same.
  private mutating func check(
    turn: ClosedRange<Double>, of objects: [String], _ factor: Factor
  ) {
    let largest = training.largestYaw
    let most = Double.pi - 2 * largest
    if turn.lowerBound <= largest || turn.upperBound > most {
      func degrees(_ angle: Double) -> Int { Int((angle * 180 / .pi).rounded()) }
      complainOfSupport(
        factor,
        "turns must be of more than \(degrees(largest)) and at most \(degrees(most)) degrees")
    }
    for name in objects where catalog.objects[name]?.looksRound ?? false {
      complain(
        factor.place, "'\(name)' is round, so that a turn of it shows nothing",
        mend: "leave it out of the tasks of '\(factor.name)'")
    }
  }

  private mutating func check(outer: Region, _ factor: Factor) {
    let region = training.region
    let shared = Vector2(
      max(0, min(outer.max.x, region.max.x) - max(outer.min.x, region.min.x)),
      max(0, min(outer.max.y, region.max.y) - max(outer.min.y, region.min.y)))
    let size = outer.max - outer.min
    guard shared.x * shared.y <= Self.mostShared * size.x * size.y else {
      return complain(
        factor.place,
        "`outer` has next to no room outside of the training region, x "
          + "\(region.min.x)…\(region.max.x) and y \(region.min.y)…\(region.max.y)",
        mend: "enlarge it")
    }
    guard let setup = catalog.setups[training.setup] else { return }
    checkRegion(outer, what: "`outer`", place: factor.place, in: setup)
  }

  /// The largest part of a `relocate` rectangle that the training region may cover: places are drawn until one is outside.
  private static let mostShared = 0.95
}

extension ObjectModel {
  /// Whether everything that is drawn of it looks round from above, so that no turn of it is seen.
  fileprivate var looksRound: Bool {
    isRound && Self.closing(of: ConvexPolygon(hullOf: drawnPoints.map(\.xy))).angles.isEmpty
  }
}
