/// Which facts of a run are the machine's.
///
/// *Protocol* facts say what was asked for and must match wherever runs are joined or compared. *Machine* facts say what
/// the numbers were computed with: another processor or driver rounds differently, so that the same experiment may end
/// in other bytes there.
public enum MachineFacts {
  /// The names of the machine's facts.
  public static let names: Set<String> = [
    "device", "renderer", "libtorch", "processor", "vector_unit", "torch_kernels", "onednn_kernels",
    "mkl_kernels",
  ]

  /// Facts of both sorts, told apart by their names.
  public static func split(_ facts: [String: String]) -> (
    protocol: [String: String], machine: [String: String]
  ) {
    (facts.filter { !names.contains($0.key) }, facts.filter { names.contains($0.key) })
  }

  /// The names under which two machines differ with both values, a line each.
  ///
  /// A fact that one side does not know is no difference. A run that was deliberately made on several machines lists
  /// their values.
  ///
  /// - Parameter goingOn: whether this machine goes on with what was computed there: it may where it is one of several.
  public static func differences(
    from there: [String: String], to here: [String: String], goingOn: Bool = false
  ) -> [String] {
    here.keys.sorted().compactMap { key in
      guard let mine = here[key], let theirs = there[key] else { return nil }
      let (own, other) = (Set(values(mine)), Set(values(theirs)))
      return own == other || goingOn && own.isSubset(of: other)
        ? nil : "machine.\(key): \(mine) here, \(theirs) there"
    }
  }

  /// The facts of a run that was made on both machines.
  public static func joined(_ first: [String: String], _ second: [String: String])
    -> [String: String]
  {
    first.merging(second) { one, other in
      Set(values(one) + values(other)).sorted().joined(separator: separator)
    }
  }

  /// Which shard was computed on which machine, by what tells them apart; nothing where all are alike.
  static func notes(ofShards machines: [Int: [String: String]]) -> [String: String] {
    let keys = Set(machines.values.flatMap(\.keys)).filter { key in
      Set(machines.values.map { $0[key] }).count > 1
    }
    guard !keys.isEmpty else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: machines.map { index, facts in
        (
          "machine.shard-\(index)",
          keys.sorted().map { "\($0): \(facts[$0] ?? "unknown")" }.joined(separator: "; ")
        )
      })
  }

  private static let separator = " | "

  private static func values(_ text: String) -> [String] {
    text.split(separator: separator).map(String.init)
  }
}
