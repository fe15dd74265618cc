import Foundation

/// Writes a file that a crash leaves either complete or as it was: temporary name, sync, rename, sync of the folder.
public struct AtomicFile {
  private let descriptor: Int32
  private let path: String

  /// Replaces `url` by what `body` appends; on an error the old file stays as it was.
  ///
  /// - Throws: `FileFault` with the system's reason, or whatever `body` throws.
  public static func write(to url: URL, _ body: (AtomicFile) throws -> Void) throws {
    let temporary = url.path + ".partial-\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFault(url.path, .write) }
    do {
      defer { close(descriptor) }
      try body(AtomicFile(descriptor: descriptor, path: url.path))
      guard fsync(descriptor) == 0 else { throw FileFault(url.path, .write) }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, url.path) == 0 else {
      let fault = FileFault(url.path, .write)
      unlink(temporary)
      throw fault
    }
    syncFolder(url.deletingLastPathComponent().path)
  }

  /// Replaces `url` by `data`.
  ///
  /// - Throws: `FileFault` with the system's reason.
  public static func write(_ data: Data, to url: URL) throws {
    try write(to: url) { try $0.append(data) }
  }

  public func append(_ data: Data) throws {
    try data.withUnsafeBytes { try append($0) }
  }

  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw FileFault(path, .write) }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  /// Makes names in a folder durable; a file system that cannot do this has still renamed at once.
  public static func syncFolder(_ path: String) {
    let folder = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }
}
