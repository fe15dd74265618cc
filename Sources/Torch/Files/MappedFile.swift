import Files
import Foundation

/// A file's bytes, mapped into memory on demand and unmapped with the last reference.
///
/// The mapping is private: writing to it never reaches the file.
final class MappedFile {
  let bytes: UnsafeRawBufferPointer

  init(_ url: URL) throws {
    // Without blocking, so that opening a pipe does not wait for a writer.
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw TorchError("\(url.path): can't be opened: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw TorchError("\(url.path): is not a regular file")
    }
    let length = Int(status.st_size)
    guard length > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let address = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else {
      MemoryFailure.reportSystemError()
      throw TorchError("\(url.path): can't be mapped: \(String(cString: strerror(errno)))")
    }
    let bytes = UnsafeRawBufferPointer(start: address, count: length)
    if let reason = GitLFSPointer.reason(toRefuse: bytes) {
      munmap(address, length)
      throw TorchError("\(url.path): \(reason)")
    }
    self.bytes = bytes
  }

  /// Gives back the memory of whole pages within `range`; they are read from the file again when they are needed.
  ///
  /// What was written to them is lost.
  func forget(_ range: Range<Int>) {
    let page = Int(getpagesize())
    let first = (range.lowerBound + page - 1) / page * page
    let last = range.upperBound / page * page
    guard let address = bytes.baseAddress, first < last else { return }
    madvise(UnsafeMutableRawPointer(mutating: address + first), last - first, MADV_DONTNEED)
  }

  deinit {
    if let address = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }
  }
}
