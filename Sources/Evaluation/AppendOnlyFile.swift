import Files
import Foundation
import RandomNumbers

/// A file that grows by whole pieces, each on the disk before the next is begun.
///
/// Before each piece it is checked that the file is still the one that was opened and ends as it did: whoever replaces,
/// cuts or extends it meanwhile is noticed before anything is written after their bytes.
final class AppendOnlyFile {
  private let descriptor: Int32
  private let path: String
  private let lock: WriterLock
  /// What the file holds, as far as this process knows: its length, its end, and a digest of all of it.
  private var size = 0
  private var tail: [UInt8] = []
  private var digest = StableHash()
  /// Devices have no length and no end to compare.
  private let isRegular: Bool

  /// Bytes at the end that are compared before each piece.
  private static let tailLength = 4096

  /// Opens or makes the file and locks it; `cut` must follow before anything is appended.
  init(path: String, folder: String) throws(EvaluationError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.cannotWrite(path) }
    self.descriptor = descriptor
    self.path = path
    var status = stat()
    isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    do {
      lock = try WriterLock(descriptor: descriptor, path: path, folder: folder)
    } catch {
      close(descriptor)
      throw EvaluationError(error)
    }
  }

  deinit { close(descriptor) }

  /// The whole content.
  func contents() throws(EvaluationError) -> Data {
    guard isRegular else { return Data() }
    var text = Data()
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = piece.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, off_t(text.count))
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw .cannotRead(path: path, reason: String(cString: strerror(errno)))
      }
      if count == 0 { return text }
      text.append(contentsOf: piece[..<count])
    }
  }

  /// Keeps the bytes that are known to be good and drops what follows them.
  func cut(to head: Data) throws(EvaluationError) {
    // Devices have no length to set; a regular file always can be cut.
    guard ftruncate(descriptor, off_t(head.count)) == 0 || errno == EINVAL else {
      throw Self.cannotWrite(path)
    }
    note(head)
  }

  /// Writes at the end and waits for the disk.
  ///
  /// After a failure the file ends where it did before.
  ///
  /// - Throws: `EvaluationError.folderChanged` where the file is no longer as this process left it.
  func append(_ data: Data) throws(EvaluationError) {
    try checkUnchanged()
    do {
      try write(data)
    } catch {
      _ = ftruncate(descriptor, off_t(size))
      throw error
    }
    note(data)
  }

  /// Checks every byte, as before a summary.
  ///
  /// - Throws: `EvaluationError.folderChanged`.
  func checkWhole() throws(EvaluationError) {
    try checkUnchanged()
    guard isRegular else { return }
    var found = StableHash()
    found.combine(bytes: try contents())
    guard found == digest else { throw changed("holds other bytes than this run wrote") }
  }

  private func checkUnchanged() throws(EvaluationError) {
    guard isRegular else { return }
    var own = stat()
    var named = stat()
    guard fstat(descriptor, &own) == 0 else { throw Self.cannotWrite(path) }
    guard stat(path, &named) == 0 else { throw changed("is gone") }
    guard own.st_ino == named.st_ino, own.st_dev == named.st_dev else {
      throw changed("was replaced by another file")
    }
    guard Int(own.st_size) == size else {
      throw changed("has \(own.st_size) bytes where this run wrote \(size)")
    }
    var end = [UInt8](repeating: 0, count: tail.count)
    let count = end.withUnsafeMutableBytes {
      pread(descriptor, $0.baseAddress, $0.count, off_t(size - $0.count))
    }
    guard count == tail.count, end == tail else { throw changed("ends in other bytes") }
  }

  private func changed(_ what: String) -> EvaluationError { .folderChanged(path: path, what: what) }

  private func note(_ data: Data) {
    size += data.count
    tail = Array((tail + data.suffix(Self.tailLength)).suffix(Self.tailLength))
    digest.combine(bytes: data)
  }

  private func write(_ data: Data) throws(EvaluationError) {
    var position = 0
    let bytes = [UInt8](data)
    while position < bytes.count {
      let written = bytes[position...].withUnsafeBytes { rest in
        pwrite(descriptor, rest.baseAddress, rest.count, off_t(size + position))
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw Self.cannotWrite(path) }
      position += written
    }
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw Self.cannotWrite(path) }
  }

  private static func cannotWrite(_ path: String) -> EvaluationError {
    .cannotWrite(path: path, reason: String(cString: strerror(errno)))
  }
}
