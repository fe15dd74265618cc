import EnvironmentInterface

extension ResultTable {
  /// The content of `junit.xml`: a test suite per suite, a test case per policy and task.
  ///
  /// A rate is neither right nor wrong, so that no case fails for one: `bench regress` is what judges. A case is an
  /// error where episodes of its policy and task could not be carried out.
  public func jUnit() -> String {
    let suites = sections.map { section in
      let cases = section.rows.flatMap { row in
        section.tasks.compactMap { task -> XMLText.Element? in
          guard case .rate(let rate)? = row.cells[task.column] else { return nil }
          return Self.testCase(section.suite, row, task.name, rate)
        }
      }
      return XMLText.Element(
        "testsuite",
        [
          ("name", section.suite), ("tests", "\(cases.count)"), ("failures", "0"),
          ("errors", "\(cases.count { $0.children.contains { $0.name == "error" } })"),
          ("skipped", "0"),
        ], children: cases)
    }
    return XMLText.document(XMLText.Element("testsuites", children: suites))
  }

  private static func testCase(_ suite: String, _ row: Row, _ task: String, _ rate: Rate)
    -> XMLText.Element
  {
    let text = "\(rate.words.value) \(rate.words.interval)"
    let trouble =
      rate.errors > 0
      ? [
        XMLText.Element(
          "error",
          [
            ("message", "\(rate.errors) of \(rate.count.count) episodes ended as errors"),
            ("type", "error"),
          ],
          text: row.errorMessages.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
            .map { "\($0.value)× \($0.key)" }.joined(separator: "\n"))
      ] : []
    return XMLText.Element(
      "testcase", [("classname", "trestle.\(suite).\(row.policy)"), ("name", task)],
      children: trouble + [XMLText.Element("system-out", text: text)])
  }
}
