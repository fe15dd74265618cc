import EnvironmentInterface

extension SuiteDescription {
  /// Tasks that stay out of means.
  var unsolvableTasks: Set<String> {
    Set(solvability.filter { $0.value == .unsolvable }.keys)
  }
}

extension ResultTable.Section {
  /// What stands over a column, with a mark where the task stays out of the mean.
  package func title(of column: ResultTable.Column) -> String {
    guard case .task(let name) = column, solvability[name] == .unsolvable else {
      return column.name
    }
    return "\(name) †"
  }

  /// What is known against rates of tasks that are shown, in a sentence each; empty where there is nothing.
  package var solvabilityNote: String {
    func names(_ state: TaskSolvability) -> String {
      tasks.map(\.name).filter { solvability[$0] == state }.joined(separator: ", ")
    }
    return [
      (TaskSolvability.unsolvable, "† Not solvable as specified, so that the mean leaves it out: "),
      (.unmeasured, "Whether the expert solves it is not measured: "),
      (.stale, "Whether the expert solves it was measured before its scenes changed: "),
    ].compactMap { state, text in
      let names = names(state)
      return names.isEmpty ? nil : text + names + "."
    }.joined(separator: " ")
  }
}
