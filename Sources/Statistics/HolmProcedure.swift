/// Holm's step-down correction for several tests at once.
///
/// Holm 1979, Scandinavian Journal of Statistics 6:65–70: whatever the tests have to do with each other,
/// the chance that any true hypothesis among them is rejected stays at most the level of the family.
public enum HolmProcedure {
  /// The adjusted p-values, in the given order: a hypothesis is rejected where its own is at most the
  /// family's level.
  public static func adjusted(_ values: [Double]) -> [Double] {
    var adjusted = values
    var largest = 0.0
    let order = values.indices.sorted { values[$0] < values[$1] }
    for (rank, index) in order.enumerated() {
      largest = max(largest, min(1, Double(values.count - rank) * values[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}
