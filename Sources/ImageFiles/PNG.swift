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
    guard let pixels = picture.pixels else {
      let reason = withUnsafeBytes(of: &picture.message, text(of:))
      throw ImageFileError(
        path: path,
        reason: "not a readable PNG (byte \(picture.position) of \(data.count): \(reason))")
    }
    defer { free(pixels) }
    let (height, width) = (Int(picture.height), Int(picture.width))
    return RGBImage(
      height: height, width: width,
      pixels: Array(UnsafeBufferPointer(start: pixels, count: height * width * 3)))
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

/// The text of a C string that lies in a buffer of its own.
func text(of buffer: UnsafeRawBufferPointer) -> String {
  String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
}
