import Foundation

/// Why a file could not be read or written: its path and the system's own reason.
///
/// Foundation's errors carry a number and no reason on Linux; this is what stands in their place.
public struct FileFault: Error, Hashable, Sendable {
  public enum Operation: String, Hashable, Sendable {
    case read, write
  }

  public let path: String
  public let operation: Operation
  /// Such as "No space left on device".
  public let reason: String

  public init(path: String, operation: Operation, reason: String) {
    self.path = path
    self.operation = operation
    self.reason = reason
  }

  /// The fault that `errno` tells of.
  public init(_ path: String, _ operation: Operation, code: Int32 = errno) {
    self.init(path: path, operation: operation, reason: String(cString: strerror(code)))
  }
}

extension FileFault: CustomStringConvertible {
  public var description: String {
    let path = path.isEmpty ? "a file without a name" : path
    return "cannot \(operation.rawValue) \(path): \(reason)"
  }
}
