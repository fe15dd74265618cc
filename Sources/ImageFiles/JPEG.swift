internal import CJPEG
import Foundation

/// JPEG files, by libjpeg-turbo.
public enum JPEG {
  /// Decodes a JPEG to RGB as Pillow's `convert("RGB")` does: warnings are not errors, a file cut short is one.
  ///
  /// - Parameters:
  ///   - data: The file's bytes.
  ///   - path: What an error calls it.
  public static func decoded(_ data: Data, path: String) throws(ImageFileError) -> RGBImage {
    var picture = data.withUnsafeBytes { bytes in
      cjpeg_read(
        bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count,
        UInt32(RGBImage.longestSide), UInt64(RGBImage.largestPixelCount))
    }
    let message = withUnsafeBytes(of: &picture.message, text(of:))
    return try RGBImage(
      taking: picture.pixels, height: Int(picture.height), width: Int(picture.width),
      orFailing: (
        path, "not a readable JPEG (byte \(picture.position) of \(data.count): \(message))"
      ))
  }
}
