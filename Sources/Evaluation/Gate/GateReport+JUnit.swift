import Foundation

extension GateReport {
  /// The report as JUnit's XML: a test case per policy and per suite that is tested on its own.
  ///
  /// A fall is a failure; what cannot be compared or what the machine broke is an error; what nobody can say
  /// is skipped.
  public func jUnit() -> String {
    var cases: [XMLText.Element] = []
    for obstacle in obstacles {
      cases.append(
        Self.testCase("comparability", [.init("error", [("message", obstacle)], text: obstacle)]))
    }
    for policy in policies {
      let text = ([policy.headline] + notes(on: policy)).joined(separator: "\n")
      let attributes = [("message", policy.headline), ("type", policy.verdict.rawValue)]
      let children: [XMLText.Element] =
        switch policy.verdict {
        case .pass: [.init("system-out", text: text)]
        case .fail: [.init("failure", attributes, text: text)]
        case .inconclusive: [.init("skipped", [("message", policy.headline)])]
        case .notComparable, .infrastructure: [.init("error", attributes, text: text)]
        }
      cases.append(Self.testCase(policy.name, children))
      for group in policy.groups where group.correctedP != nil {
        let message =
          "\(group.pairs.lost) lost and \(group.pairs.gained) gained of \(group.pairs.count)"
        cases.append(
          Self.testCase(
            "\(policy.name) in \(group.name)",
            group.isHarmed ? [.init("failure", [("message", message), ("type", "fail")])] : []))
      }
    }
    func count(_ name: String) -> String {
      "\(cases.count { $0.children.contains { $0.name == name } })"
    }
    let suite = XMLText.Element(
      "testsuite",
      [
        ("name", "regression gate"), ("tests", "\(cases.count)"), ("failures", count("failure")),
        ("errors", count("error")), ("skipped", count("skipped")),
      ], children: cases)
    return XMLText.document(XMLText.Element("testsuites", children: [suite]))
  }

  /// Writes the report as JUnit's XML to a file.
  public func writeJUnit(to path: String) throws(EvaluationError) {
    try RunFolder.write(Data(jUnit().utf8), to: path)
  }

  private static func testCase(_ name: String, _ children: [XMLText.Element]) -> XMLText.Element {
    XMLText.Element(
      "testcase", [("classname", "trestle.gate"), ("name", name)], children: children)
  }
}
