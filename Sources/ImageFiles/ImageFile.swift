import Files
import Foundation
import InputFiles

/// Picture files by what they hold, whatever they are called.
public enum ImageFile {
  /// Reads a PNG or JPEG file.
  public static func read(_ url: URL) throws(ImageFileError) -> RGBImage {
    let data: Data
    do {
      data = try InputFile.data(at: url)
    } catch {
      throw ImageFileError(path: error.path, reason: error.reason)
    }
    if data.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
      return try PNG.decoded(data, path: url.path)
    }
    if data.starts(with: [0xff, 0xd8]) { return try JPEG.decoded(data, path: url.path) }
    throw ImageFileError(path: url.path, reason: "neither a PNG nor a JPEG file")
  }

  /// Writes a PNG file whole or not at all.
  ///
  /// - Throws: `FileFault` with the system's reason, `ImageFileError` for a picture that no PNG can hold.
  public static func write(_ picture: RGBImage, to url: URL) throws {
    try AtomicFile.write(try PNG.encoded(picture), to: url)
  }
}
