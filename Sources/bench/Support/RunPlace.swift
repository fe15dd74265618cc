import ArgumentParser
import Evaluation
import Files
import Foundation

/// Where runs lie that nobody named a folder for: under `Runs/`, by the time of their start.
enum RunPlace {
  static let folder = "Runs"

  /// Makes the folder of a new run.
  ///
  /// Several processes may start in one second, such as the shards of a job: each gets a folder of its own.
  ///
  /// - Throws: `FileFault` where no folder can be made.
  static func make(suites: [String], shard: Shard, at date: Date = Date()) throws -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "yyyy-MM-dd'T'HH-mm-ss"
    let title = suites.count > 2 ? "\(suites.count)-suites" : suites.joined(separator: "+")
    let part = shard == .whole ? "" : "-shard-\(shard.index)-of-\(shard.count)"
    let name = "\(folder)/\(formatter.string(from: date))-\(title)\(part)"
    if mkdir(folder, 0o755) != 0, errno != EEXIST { throw FileFault(folder, .write) }
    var number = 1
    while true {
      let path = number == 1 ? name : "\(name)-\(number)"
      if mkdir(path, 0o755) == 0 { return path }
      guard errno == EEXIST else { throw FileFault(path, .write) }
      number += 1
    }
  }

  /// The latest run that `matches`, by the time in its name.
  static func latest(where matches: (RunDescription) -> Bool) -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted(by: >).map { "\(folder)/\($0)" }.first { path in
      (try? RunDescription(inFolder: path)).map(matches) ?? false
    }
  }
}
