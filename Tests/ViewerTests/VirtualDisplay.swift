import CDisplay
import Foundation

/// An X server without a screen, for windows in tests. `DISPLAY` leads to it for the process's life.
enum VirtualDisplay {
  enum Availability: Sendable {
    case ready
    case missing(String)
  }

  /// Starts the server once; a display that is there already is used instead.
  static let availability: Availability = {
    let number = CDisplay_number()
    guard number >= 0 else { return .ready }
    let server = "/usr/bin/Xvfb"
    guard FileManager.default.isExecutableFile(atPath: server) else {
      return .missing("Xvfb is not installed (Debian package xvfb)")
    }
    // The shell ends the server when its standard input ends, which this process's death sees to.
    // The server writes its number out when it listens. It inherits blocked signals, so that only
    // the one that cannot be blocked ends it, which leaves its files for the shell to remove.
    let process = Process()
    let ready = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      """
      \(server) :\(number) -displayfd 1 -screen 0 1280x1024x24 -nolisten tcp -noreset 2>/dev/null &
      cat >/dev/null; kill -KILL $!; rm -f /tmp/.X\(number)-lock /tmp/.X11-unix/X\(number)
      """,
    ]
    process.standardInput = lifeline
    process.standardOutput = ready
    do { try process.run() } catch { return .missing("Xvfb does not start: \(error)") }
    var line = Data()
    while !line.contains(UInt8(ascii: "\n")) {
      let more = ready.fileHandleForReading.availableData
      guard !more.isEmpty else { return .missing("Xvfb ended before it listened") }
      line += more
    }
    return .ready
  }()

  static var isReady: Bool { if case .ready = availability { true } else { false } }

  /// Open for as long as this process lives.
  private static let lifeline = Pipe()
}
