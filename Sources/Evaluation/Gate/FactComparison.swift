/// How the facts of two runs differ, by what that means for comparing them.
public struct FactComparison: Hashable, Sendable {
  /// A fact under which the two differ.
  public struct Difference: Hashable, Sendable, Codable, CustomStringConvertible {
    public let name: String
    public let baseline: String
    public let run: String

    public var description: String { words(inOne: "the baseline", inOther: "the run") }

    /// The difference between two sides that are called so.
    package func words(inOne one: String, inOther other: String) -> String {
      "\(name): \(baseline) in \(one), \(run) in \(other)"
    }
  }

  /// Facts of the protocol: two runs that differ in one of them asked different questions.
  public private(set) var protocolFacts: [Difference] = []
  /// Facts of the machine: they may move the last bits of a number, never what was asked.
  public private(set) var machineFacts: [Difference] = []
  /// What else differs, such as weights and versions: usually the very reason for comparing.
  public private(set) var otherFacts: [Difference] = []

  /// All differences, the gravest first.
  public var all: [Difference] { protocolFacts + machineFacts + otherFacts }

  /// What must agree beside the content of every episode.
  static let protocolNames: Set<String> = [
    "continues_after_success", "controlRate", "imageSize", "robot",
  ]

  /// A fact of the protocol that only one side knows is a difference; one of the machine is not.
  init(baseline: [String: String], run: [String: String]) {
    for name in Set(baseline.keys).union(run.keys).sorted() where baseline[name] != run[name] {
      let difference = Difference(
        name: name, baseline: baseline[name] ?? "nothing", run: run[name] ?? "nothing")
      if Self.protocolNames.contains(name) {
        protocolFacts.append(difference)
      } else if !MachineFacts.names.contains(name) {
        otherFacts.append(difference)
      } else if baseline[name] != nil, run[name] != nil {
        machineFacts.append(difference)
      }
    }
  }
}
