extension RunMerge {
  /// The run of all policies of these runs, which played the same episodes: what one run of all of them would have
  /// written, policies in the order of the runs.
  ///
  /// - Parameter runs: whole runs, at least one.
  /// - Throws: `EvaluationError.notTheSameRun` where episodes, scenes or options differ, or what a policy of two runs
  ///   did; `.otherMachine` where machines do.
  static func sideBySide(_ runs: [RunFiles], mixingMachines: Bool) throws(EvaluationError)
    -> RunFiles
  {
    guard let first = runs.first, var description = first.description else {
      throw .shardsDoNotFit("none was named")
    }
    var records = first.records
    for run in runs.dropFirst() {
      guard let other = run.description else { throw .shardsDoNotFit(lone(run)) }
      let differences = description.withoutPolicies.differences(from: other.withoutPolicies)
      guard differences.isEmpty else {
        throw .notTheSameRun(path: run.path, differences: differences)
      }
      // Bounds are in many runs: what is the same to the byte is in the table once.
      let known = Set(description.contestants.map(\.name))
      let names = other.contestants.map(\.name)
      let differing = names.filter { name in
        known.contains(name)
          && (description.facts.of(name) != other.facts.of(name)
            || records.filter { $0.policy == name } != run.records.filter { $0.policy == name })
      }
      guard differing.isEmpty else {
        throw .notTheSameRun(
          path: run.path,
          differences: differing.map { "\($0) acts otherwise in another of these runs" })
      }
      let machines = MachineFacts.differences(from: other.machine, to: description.machine)
      guard machines.isEmpty || mixingMachines else {
        throw .otherMachine(path: run.path, differences: machines)
      }
      description.contestants += other.contestants.filter { !known.contains($0.name) }
      description.facts.merge(other.facts) { own, _ in own }
      description.policyFacts.merge(other.policyFacts) { own, _ in own }
      description.machine = MachineFacts.joined(description.machine, other.machine)
      description.notes = MachineFacts.joined(description.notes, other.notes)
      records += run.records.filter { !known.contains($0.policy) }
    }
    return RunFiles(path: first.path, description: description, records: records)
  }
}

extension RunDescription {
  /// What is left of a run where it does not matter who acted.
  fileprivate var withoutPolicies: RunDescription {
    var rest = self
    let names = contestants.map(\.name)
    rest.contestants = []
    rest.facts = facts.filter { key, _ in !names.contains { key.hasSuffix(".\($0)") } }
    return rest
  }
}

extension [String: String] {
  /// The facts of one policy.
  fileprivate func of(_ policy: String) -> Self { filter { $0.key.hasSuffix(".\(policy)") } }
}
