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
    do {
      return try FileContents.read(url.path, limit: limit, isRegular: true)
    } catch {
      throw InputFileError(path: url.path, reason: "can't be read: \(error.reason)")
    }
  }
}
