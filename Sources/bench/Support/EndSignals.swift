import Dispatch
import Foundation

/// SIGINT and SIGTERM as a request to end, from the moment that this is there.
///
/// Until the system has been told of it both end the program as usual, and from then on none is lost: who sees that a server serves may
/// ask it to end at once. Ignoring them first would lose what comes in between.
final class EndSignals {
  private let asked = DispatchSemaphore(value: 0)
  private let sources: [any DispatchSourceSignal]

  /// Returns once both signals are requests.
  init() {
    let registered = DispatchSemaphore(value: 0)
    sources = [SIGINT, SIGTERM].map {
      DispatchSource.makeSignalSource(signal: $0, queue: .global())
    }
    for source in sources {
      source.setRegistrationHandler { registered.signal() }
      source.setEventHandler { [asked] in asked.signal() }
      source.resume()
    }
    for _ in sources { registered.wait() }
  }

  deinit { for source in sources { source.cancel() } }

  /// Returns when the program is asked to end, or was.
  func wait() { asked.wait() }
}
