import Foundation

/// What is known of the terminal.
enum Terminal {
  /// Columns of standard output; 132 where it is no terminal.
  static var width: Int {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 132 }
    return max(60, Int(size.ws_col))
  }
}
