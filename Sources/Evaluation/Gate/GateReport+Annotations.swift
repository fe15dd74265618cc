extension GateReport {
  /// Workflow commands of GitHub Actions: an annotation for each verdict.
  ///
  /// docs.github.com, "Workflow commands for GitHub Actions".
  public func annotations() -> String {
    var lines = obstacles.map {
      Self.command("error", title: "Not comparable", message: $0)
    }
    for policy in policies {
      let level =
        switch policy.verdict {
        case .pass: "notice"
        case .inconclusive: "warning"
        case .fail, .notComparable, .infrastructure: "error"
        }
      let message = ([policy.headline] + notes(on: policy)).joined(separator: "\n")
      lines.append(
        Self.command(
          level, title: "\(policy.name): \(policy.verdict.rawValue)", message: message))
    }
    if policies.isEmpty, obstacles.isEmpty {
      lines.append(Self.command("error", title: "Not comparable", message: line))
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func command(_ level: String, title: String, message: String) -> String {
    let title = escaped(title).replacing(":", with: "%3A").replacing(",", with: "%2C")
    return "::\(level) title=\(title)::\(escaped(message))"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }
}
