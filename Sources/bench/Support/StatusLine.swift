import Console
import Foundation

/// A line on standard error that is written over on a terminal, and now and then elsewhere.
final class StatusLine {
  private let isTerminal = isatty(2) != 0
  private var shown = Date.distantPast
  private var hasLine = false

  /// Seconds between two lines where standard error is no terminal.
  private static let plainInterval = 15.0

  /// Shows a passing state.
  func show(_ text: String) {
    let now = Date()
    guard now.timeIntervalSince(shown) > (isTerminal ? 0.1 : Self.plainInterval) else { return }
    shown = now
    if isTerminal {
      write("\r\u{1B}[2K" + text)
      hasLine = true
    } else {
      write(text + "\n")
    }
  }

  /// Leaves a line that stays.
  func finish(_ text: String) {
    write((hasLine ? "\r\u{1B}[2K" : "") + text + "\n")
    hasLine = false
  }

  private func write(_ text: String) { StandardStreams.say(text) }
}

/// Pieces of progress lines.
enum Bar {
  /// A bar of blocks.
  static func text(_ done: Int, of total: Int, width: Int = 20) -> String {
    let filled = total > 0 ? min(width, width * done / total) : 0
    return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
  }

  /// `45 s`, `3 min`, `1 h 05 min`.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole < 90 { return "\(whole) s" }
    if whole < 5400 { return "\((whole + 30) / 60) min" }
    return String(format: "%d h %02d min", whole / 3600, whole % 3600 / 60)
  }
}
