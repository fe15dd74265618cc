internal import CTorch
import Foundation

/// A failure inside the tensor library, or a file that is not what it should be.
public struct TorchError: Error, CustomStringConvertible, LocalizedError, Equatable {
  /// What went wrong, where, and what mends it.
  public let message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
  public var errorDescription: String? { message }
}

// Tensor operations do not throw. The first one that fails records its message in a slot of the
// calling thread and returns an empty ("poisoned") tensor, which every later operation passes on
// without doing anything. Whoever starts a computation asks for the recorded failure.

/// Runs `body`, then throws the first failure that any tensor operation of this thread has recorded.
///
/// ```swift
/// let logits = try checked { model.logits(pixelValues, tokens) }
/// ```
///
/// Nothing that was recorded before the call is lost: it is thrown too. `body` must not suspend,
/// since the record belongs to the thread.
public func checked<Result>(_ body: () throws -> Result) throws -> Result {
  let result: Result
  do {
    result = try body()
  } catch {
    try throwRecordedFailure()
    throw error
  }
  try throwRecordedFailure()
  return result
}

/// Throws the calling thread's first recorded failure, if there is one, and clears the record.
public func throwRecordedFailure() throws {
  guard let text = ctorch_take_error() else { return }
  defer { free(text) }
  let message = String(cString: text)
  MemoryFailure.report(message)
  throw TorchError(message)
}

/// Records a failure as a tensor operation would, for the next `checked` to throw.
func recordFailure(_ message: String) {
  ctorch_record_error(message)
}
