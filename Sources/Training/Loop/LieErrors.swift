import EnvironmentInterface
import Foundation

/// How far predicted directions are off the ways that things lie.
struct LieErrors: Hashable {
  private var sum = 0.0
  private var wanted: [LieDirection] = []

  /// Compares one angle [rad] with the right direction.
  mutating func add(predicted: Double, wanted: LieDirection) {
    sum += wanted.distance(to: predicted)
    self.wanted.append(wanted)
  }

  /// The mean error [degree]; nil where nothing was compared.
  var degrees: Double? {
    wanted.isEmpty ? nil : sum / Double(wanted.count) * 180 / .pi
  }

  /// The mean error of answers that need no look: for each symmetry the one angle that is the best to all, found to a
  /// degree [degree].
  var constantDegrees: Double? {
    guard !wanted.isEmpty else { return nil }
    let least = LieDirection.Symmetry.allCases.map { symmetry in
      let those = wanted.filter { $0.symmetry == symmetry }
      let sums = (0..<180).map { degree in
        let answer = Double(degree) * .pi / 180
        return those.reduce(0) { $0 + $1.distance(to: answer) }
      }
      return sums.min() ?? 0
    }
    return least.reduce(0, +) / Double(wanted.count) * 180 / .pi
  }
}
