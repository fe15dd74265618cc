import CTrestle
import Environments
import Evaluation
import Foundation
import Rendering
import StrictYAML

/// Why a call of the C interface did nothing.
enum CallError: Error, Hashable {
  /// An argument is null, of the wrong size, unknown or out of its range.
  case badArgument(String)
  /// The slot has no episode, or its episode is over.
  case notReady(String)
  /// A text of this many bytes and its final zero do not fit.
  case tooSmall(needed: Int)
  /// The process was forked after its parent had begun to draw.
  case forked
}

extension CallError: CustomStringConvertible {
  var description: String {
    switch self {
    case .badArgument(let what), .notReady(let what): what
    case .tooSmall(let needed): "the buffer must hold \(needed + 1) bytes; pass a larger one"
    case .forked:
      """
      this process was forked from one that had drawn pictures, and a driver's threads do not survive that; \
      start workers by 'spawn' or 'forkserver' (gymnasium: context="spawn"), or draw nothing before they start
      """
    }
  }
}

/// The status that tells a caller of an error.
func status(of error: any Error) -> trestle_status {
  switch error {
  case CallError.badArgument: TRESTLE_BAD_ARGUMENT
  case CallError.notReady: TRESTLE_NOT_READY
  case CallError.tooSmall: TRESTLE_TOO_SMALL
  case CallError.forked, is RenderingError: TRESTLE_NO_RENDERER
  case is YAMLError: TRESTLE_BAD_FILE
  case EvaluationError.badEpisodeName, EvaluationError.noCleanTwin,
    SceneDrawError.unknownSuite, SceneDrawError.unknownTask, SceneDrawError.unknownCamera,
    SceneDrawError.strengthOutsideRange:
    TRESTLE_BAD_ARGUMENT
  default: TRESTLE_FAILED
  }
}

/// The sentence that `trestle_last_error` returns, one a thread.
enum LastError {
  private static let key = "trestle.last-error"

  static var text: String {
    get { Thread.current.threadDictionary[key] as? String ?? "" }
    set { Thread.current.threadDictionary[key] = newValue }
  }
}

/// Does the work of a call and tells its status.
func call(_ work: () throws -> Void) -> trestle_status {
  do {
    try work()
    return TRESTLE_OK
  } catch {
    LastError.text = String(describing: error)
    return status(of: error)
  }
}
