import Foundation

/// Reading whole files.
public enum FileContents {
  /// The bytes of a file.
  ///
  /// - Parameters:
  ///   - limit: The most bytes that such a file may sensibly have; a larger one, such as an endless device, is refused
  ///     before it is read.
  ///   - isRegular: Whether anything but a regular file is refused: a pipe would be waited for, a device has no end.
  /// - Throws: `FileFault` with the system's reason, or for a pointer that Git LFS left in the file's place.
  public static func read(
    _ path: String, limit: Int = .max, isRegular: Bool = false
  ) throws(FileFault) -> Data {
    func fault(_ cause: FileFault.Cause) -> FileFault {
      FileFault(path: path, operation: .read, cause: cause)
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | (isRegular ? O_NONBLOCK : 0))
    guard descriptor >= 0 else { throw FileFault(path, .read) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileFault(path, .read) }
    let kind = status.st_mode & S_IFMT
    guard !isRegular || kind == S_IFREG else { throw fault(.irregular) }
    guard kind != S_IFDIR else { throw FileFault(path, .read, code: EISDIR) }
    guard Int(status.st_size) <= limit else { throw fault(.larger(than: limit)) }

    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size) + 1)
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = piece.withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileFault(path, .read) }
      if count == 0 { break }
      bytes += piece[..<count]
      guard bytes.count <= limit else { throw fault(.larger(than: limit)) }
    }
    if let reason = bytes.withUnsafeBytes({ GitLFSPointer.reason(toRefuse: $0) }) {
      throw fault(.pointer(reason: reason))
    }
    return Data(bytes)
  }

  /// Whether something is there under this path, a dangling link excepted.
  public static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
