import Foundation

/// How many mutations a test makes: a few that take seconds, or as many as the environment variable `TRESTLE_FUZZ` says.
public func fuzzCount(_ usual: Int) -> Int {
  ProcessInfo.processInfo.environment["TRESTLE_FUZZ"].flatMap(Int.init) ?? usual
}
