import Foundation
import Synchronization

/// Errors of the X server: it goes away under the window, or refuses a request.
///
/// Xlib's own handlers end the process with exit status 1, and one that returns after a lost connection is followed by
/// the same; so whoever shows a window says how its program is to end.
public enum DisplayErrors {
  private static let end = Mutex<(@Sendable (String) -> Never)?>(nil)

  private typealias LostHandler = @convention(c) (OpaquePointer?) -> CInt
  private typealias RefusedHandler = @convention(c) (OpaquePointer?, OpaquePointer?) -> CInt

  /// Lets `end` end the process, with a sentence, whatever X complains of from now on.
  ///
  /// Without Xlib, as under Wayland, it is never called.
  public static func handle(by end: @escaping @Sendable (String) -> Never) {
    self.end.withLock { $0 = end }
    // Reached by name: GLFW brings Xlib along where it uses it.
    let program = dlopen(nil, RTLD_NOW)
    if let symbol = dlsym(program, "XSetIOErrorHandler") {
      let install = unsafeBitCast(
        symbol, to: (@convention(c) (LostHandler?) -> OpaquePointer?).self)
      _ = install { _ in
        DisplayErrors.stop("the display is gone: its X server ended or closed the connection")
      }
    }
    if let symbol = dlsym(program, "XSetErrorHandler") {
      let install = unsafeBitCast(
        symbol, to: (@convention(c) (RefusedHandler?) -> OpaquePointer?).self)
      _ = install { _, _ in DisplayErrors.stop("the X server refused a request of the window") }
    }
  }

  private static func stop(_ reason: String) -> Never {
    if let end = end.withLock({ $0 }) { end(reason) }
    _exit(5)
  }
}
