import ArgumentParser
import Foundation
import Remote

/// Options of policies that act outside of this program.
struct RemoteOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The Python interpreter to start where one is needed, such as for FILE.py:NAME policies.",
      valueName: "path"))
  var python = "python3"

  @Option(
    help: ArgumentHelp(
      "What a Python policy's class or function is called with, as a JSON object.",
      valueName: "json"))
  var policyArguments = "{}"

  @Option(
    help: ArgumentHelp(
      "Seconds that a policy outside of this program may take for one answer.",
      valueName: "seconds"))
  var policyTimeout = 60.0

  @Option(
    help: ArgumentHelp(
      "What a policy's server speaks; without it the server is listened to.",
      discussion: Dialect.allCases.map(\.rawValue).joined(separator: ", "), valueName: "name"))
  var dialect: String?

  @Option(
    help: ArgumentHelp(
      "Which keys a policy's server reads and what its numbers mean: a name under Adapters/ or a file.",
      valueName: "name|file"))
  var adapter: String?

  @Option(help: "Connections to a policy's server, 1 to 64.")
  var connections = 8

  @Option(
    help: ArgumentHelp(
      "Seconds to wait for a policy's server that loads its model.", valueName: "seconds"))
  var connectPatience = 300.0

  @Option(
    help: ArgumentHelp(
      "A file with the token that a policy's server asks for.", valueName: "file"))
  var tokenFile: String?

  func validate() throws {
    guard policyTimeout > 0, policyTimeout.isFinite else {
      throw ValidationError("--policy-timeout \(policyTimeout): give a number above 0.")
    }
    guard connectPatience >= 0, connectPatience.isFinite else {
      throw ValidationError("--connect-patience \(connectPatience): give a number from 0.")
    }
    guard (1...64).contains(connections) else {
      throw ValidationError("--connections \(connections): give a number from 1 to 64.")
    }
    if let dialect, Dialect(rawValue: dialect) == nil {
      let names = Dialect.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--dialect \(dialect): there are \(names).")
    }
  }

  var pythonSettings: PythonSettings {
    var settings = PythonSettings()
    settings.python = python
    settings.arguments = policyArguments
    settings.timeout = policyTimeout
    return settings
  }

  func remoteSettings() throws -> RemoteSettings {
    var settings = RemoteSettings()
    settings.timeout = policyTimeout
    settings.patience = connectPatience
    settings.connections = connections
    settings.report = { note($0) }
    if let tokenFile {
      guard let text = try? String(contentsOfFile: tokenFile, encoding: .utf8) else {
        throw ValidationError("--token-file \(tokenFile): it cannot be read.")
      }
      settings.token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    return settings
  }
}
