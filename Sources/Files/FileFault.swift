import Foundation

/// Why a file could not be read or written: its path and the system's own reason.
///
/// Foundation's errors carry a number and no reason on Linux; this is what stands in their place.
public struct FileFault: Error, Hashable, Sendable {
  public enum Operation: String, Hashable, Sendable {
    case read, write
  }

  public enum Cause: Hashable, Sendable {
    /// An error number of the system.
    case system(Int32)
    /// A pipe, a device or a folder stands where a file should.
    case irregular
    /// It has more bytes than this.
    case larger(than: Int)
    /// Git left a few lines in the file's place (`GitLFSPointer`).
    case pointer(reason: String)
  }

  public let path: String
  public let operation: Operation
  public let cause: Cause

  public init(path: String, operation: Operation, cause: Cause) {
    self.path = path
    self.operation = operation
    self.cause = cause
  }

  /// The fault that `errno` tells of.
  public init(_ path: String, _ operation: Operation, code: Int32 = errno) {
    self.init(path: path, operation: operation, cause: .system(code))
  }

  /// Such as "No space left on device".
  public var reason: String {
    switch cause {
    case .system(let code): String(cString: strerror(code))
    case .irregular: "it is not a regular file"
    case .larger(let limit):
      limit < 1 << 20
        ? "it has more than \(limit) bytes" : "it has more than \(limit >> 20) MB"
    case .pointer(let reason): reason
    }
  }
}

extension FileFault: CustomStringConvertible {
  public var description: String {
    let path = path.isEmpty ? "a file without a name" : path
    return "cannot \(operation.rawValue) \(path): \(reason)"
  }
}
