import Files
import Foundation

/// Reads whole files that come from strangers: nothing but regular files, none that is too large, no Git LFS pointers.
public enum InputFile {
  /// The largest file that is read whole where nothing else is said [bytes].
  public static let largestSize = 256 << 20

  /// The bytes of a file.
  ///
  /// - Parameters:
  ///   - limit: The most bytes that it may hold.
  /// - Throws: `InputFileError` for a file that is missing, a folder or a device, too large, or a Git LFS pointer.
  public static func data(at url: URL, limit: Int = largestSize) throws(InputFileError) -> Data {
    func failure(_ reason: String) -> InputFileError {
      InputFileError(path: url.path, reason: reason)
    }
    var status = stat()
    guard stat(url.path, &status) == 0 else {
      throw failure("can't be read: \(String(cString: strerror(errno)))")
    }
    // Opening a pipe, or reading a device, may never end.
    guard status.st_mode & S_IFMT == S_IFREG else { throw failure("is not a regular file") }
    let data: Data
    do {
      data = try FileContents.read(url.path, limit: limit)
    } catch {
      throw failure("can't be read: \(error.reason)")
    }
    if let reason = data.withUnsafeBytes({ GitLFSPointer.reason(toRefuse: $0) }) {
      throw failure(reason)
    }
    return data
  }
}

/// The few lines that Git leaves in the place of a large file whose content was not fetched.
public enum GitLFSPointer {
  /// What begins such a file (<https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>).
  private static let beginning = "version https://git-lfs.github.com/spec/"

  /// Why a file can't be used that holds these bytes, nil where they are no such pointer.
  public static func reason(toRefuse bytes: UnsafeRawBufferPointer) -> String? {
    guard bytes.starts(with: beginning.utf8) else { return nil }
    return "is a Git LFS pointer, not the file itself; fetch the content with 'git lfs pull' "
      + "or download the file anew"
  }
}
