import ArgumentParser
import Remote

/// Options of policies that act outside of this program.
struct RemoteOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The Python interpreter of FILE.py:NAME policies.", valueName: "path"))
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

  func validate() throws {
    guard policyTimeout > 0, policyTimeout.isFinite else {
      throw ValidationError("--policy-timeout \(policyTimeout): give a number above 0.")
    }
  }

  var pythonSettings: PythonSettings {
    var settings = PythonSettings()
    settings.python = python
    settings.arguments = policyArguments
    settings.timeout = policyTimeout
    return settings
  }
}
