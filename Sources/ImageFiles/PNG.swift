internal import CPNG
import Foundation

/// PNG files, by libpng.
public enum PNG {
  /// Decodes a PNG of any kind to RGB as Pillow's `convert("RGB")` does: transparency is dropped and colours are kept.
  ///
  /// - Parameters:
  ///   - data: The file's bytes.
  ///   - path: What an error calls it.
  public static func decoded(_ data: Data, path: String) throws(ImageFileError) -> RGBImage {
    var picture = data.withUnsafeBytes { bytes in
      cpng_read(
        bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count,
        UInt32(RGBImage.longestSide), UInt64(RGBImage.largestPixelCount))
    }
    let message = withUnsafeBytes(of: &picture.message, text(of:))
    return try RGBImage(
      taking: picture.pixels, height: Int(picture.height), width: Int(picture.width),
      orFailing: (
        path, "not a readable PNG (byte \(picture.position) of \(data.count): \(message))"
      ))
  }

  /// How much time is spent on how few bytes.
  public enum Compression: Sendable {
    case small
    /// A third of the time for a file a third larger: for thousands of pictures.
    case fast
    /// As many bytes as pixels: for pictures that travel and are not kept.
    case none
  }

  /// The bytes of a PNG file of the picture; the same picture gives the same bytes.
  ///
  public static func encoded(
    _ picture: RGBImage, _ compression: Compression = .small
  ) throws(ImageFileError) -> Data {
    var count = 0
    var message = [CChar](repeating: 0, count: 128)
    let (width, height) = (UInt32(clamping: picture.width), UInt32(clamping: picture.height))
    let bytes =
      compression == .none
      ? cpng_write_stored(picture.pixels, width, height, &count, &message)
      : cpng_write(picture.pixels, width, height, compression == .fast, &count, &message)
    guard let bytes else {
      throw ImageFileError(
        path: "PNG in memory", reason: message.withUnsafeBytes(text(of:)))
    }
    defer { free(bytes) }
    return Data(bytes: bytes, count: count)
  }
}
