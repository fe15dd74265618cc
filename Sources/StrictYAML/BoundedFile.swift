import Foundation

/// Reading of small files that anyone may have put there.
enum BoundedFile {
  /// The bytes of a regular file.
  ///
  /// Nothing else is opened for long: a pipe would be waited for and a device has no end.
  ///
  /// - Throws: `YAMLError` that says what kept it from being read.
  static func bytes(atPath path: String, named name: String, most: Int) throws -> Data {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw YAMLError(unreadable: errno, file: name, path: path) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else {
      throw YAMLError(unreadable: errno, file: name, path: path)
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw YAMLError(
        file: name, problem: "this is no regular file", mend: "put a YAML file at \(path)")
    }
    var bytes = [UInt8](repeating: 0, count: most + 1)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress! + count, $0.count - count)
      }
      if got == 0 { break }
      if got < 0, errno != EINTR { throw YAMLError(unreadable: errno, file: name, path: path) }
      count += max(0, got)
    }
    guard count <= most else {
      throw YAMLError(
        file: name,
        problem: "the file is larger than \(most) bytes (it has \(facts.st_size))",
        mend: "split it, or take away what does not belong there")
    }
    return Data(bytes.prefix(count))
  }
}

extension YAMLError {
  /// What an error number of the system means for a file.
  fileprivate init(unreadable code: Int32, file: String, path: String) {
    let (problem, mend) =
      switch code {
      case ENOENT, ENOTDIR: ("the file is missing", "check that it exists at \(path)")
      case EACCES, EPERM: ("the file may not be read", "allow reading \(path)")
      case ELOOP: ("symbolic links go in a circle", "let \(path) point at a file")
      default: ("the file cannot be read: \(String(cString: strerror(code)))", "check \(path)")
      }
    self.init(file: file, problem: problem, mend: mend)
  }
}
