import CAborts
import Foundation
import Torch

/// What is said where the process ends in a way that no error can tell of (`CAborts`).
enum LastWords {
  /// The exit status: the work could not be completed, and nothing that was finished is lost.
  private static let status = StandardStreams.failureCode

  /// Called once, at the start.
  static func prepare() {
    // The strings must outlive everything, so that nobody frees them.
    func kept(_ text: String) -> UnsafePointer<CChar>? { UnsafePointer(strdup("bench: \(text)\n")) }
    caborts_tell(
      CAbortsSentences(
        memory: kept(
          "no memory is left, or none within the limits set (ulimit -v, a container's); allow more of it. "
            + "What was finished is kept, and --resume goes on from there."),
        mapping: kept(
          "a file was cut short while it was read; put it back whole. "
            + "What was finished is kept, and --resume goes on from there."),
        library: kept(
          "a library ended the program, most likely for want of memory or threads (ulimit -v, ulimit -u); "
            + "allow more of them. What was finished is kept, and --resume goes on from there.")),
      status)
    MemoryFailure.handle { caborts_end_without_memory() }
  }

  /// From now on an exit is meant.
  static func allowExit() { caborts_allow_exit() }
}
