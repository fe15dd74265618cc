extension GateReport {
  /// The report for a pull request.
  ///
  /// - Parameter limit: how many episodes of each list are named at most.
  public func markdown(listing limit: Int) -> String {
    var text = "### Regression gate: \(verdict.rawValue.uppercased())\n\n"
    for obstacle in obstacles { text += "- NOT COMPARABLE: \(obstacle)\n" }
    for policy in policies {
      text += "- **\(policy.verdict.rawValue.uppercased())**: \(policy.headline)\n"
      for note in notes(on: policy) { text += "  - \(note)\n" }
    }
    if !policies.isEmpty {
      text += "\n" + ResultTable.row(Self.columns)
      text += ResultTable.row(Self.columns.indices.map { $0 < 2 ? "---" : "---:" })
      for row in rows { text += ResultTable.row(row.map { $0.trimmingSpaces }) }
      text += "\n\(legend)\n"
    }
    let named = policies.flatMap { policy in
      lists(of: policy).compactMap { title, names -> String? in
        let list = Self.list("\(policy.name), \(title)", names, limit: limit)
        return list.isEmpty ? nil : "- " + list
      }
    }
    if !named.isEmpty {
      text += "\n<details><summary>Episodes</summary>\n\n\(named.joined())\n</details>\n"
    }
    for (title, differences) in differences where !differences.isEmpty {
      text += "\n<details><summary>Facts: \(title)</summary>\n\n"
      text += differences.map { "- \($0)\n" }.joined() + "\n</details>\n"
    }
    return text
  }
}

extension String {
  fileprivate var trimmingSpaces: String { String(drop { $0 == " " }) }
}
