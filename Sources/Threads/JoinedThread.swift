import Foundation
import Synchronization

/// The system has no thread to give.
public struct NoThread: Error, Hashable {
  /// The system's own words.
  public var reason: String
}

/// A thread that can be waited for to its very end.
///
/// Not Foundation's `Thread`: after that one's last line the system still runs the driver's thread-local clean-up, and a
/// process that exits meanwhile crashes in it now and then.
public final class JoinedThread: Sendable {
  private let thread: pthread_t
  private let isJoined = Atomic(false)

  /// What the thread runs, on its way through a C pointer.
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts a thread.
  ///
  /// - Parameter stackSize: In bytes.
  /// - Throws: `NoThread` where the system has none to give.
  public init(
    stackSize: Int = 2 << 20, body: @escaping @Sendable () -> Void
  ) throws(NoThread) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    let context = Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { context in
        if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, context.toOpaque())
    guard status == 0 else {
      context.release()
      throw NoThread(reason: String(cString: strerror(status)))
    }
    self.thread = thread
  }

  /// Waits until nothing of the thread is left; does nothing after the first time.
  ///
  /// Afterwards the system may give the thread's handle to another one, whose end a second `pthread_join` would take away.
  public func join() {
    if !isJoined.exchange(true, ordering: .relaxed) { pthread_join(thread, nil) }
  }
}
