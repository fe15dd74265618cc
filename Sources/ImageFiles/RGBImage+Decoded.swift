import Foundation

// What the decoders in C give back.

extension RGBImage {
  /// Copies a decoded picture and frees its pixels.
  ///
  /// - Parameters:
  ///   - pixels: `height × width × 3` bytes from `malloc`; nil where there is no picture.
  ///   - failure: The file and why there is none.
  init(
    taking pixels: UnsafeMutablePointer<UInt8>?, height: Int, width: Int,
    orFailing failure: (path: String, reason: String)
  ) throws(ImageFileError) {
    guard let pixels else { throw ImageFileError(path: failure.path, reason: failure.reason) }
    defer { free(pixels) }
    self.init(
      height: height, width: width,
      pixels: Array(UnsafeBufferPointer(start: pixels, count: height * width * 3)))
  }
}

/// The text of a C string that lies in a buffer of its own.
func text(of buffer: UnsafeRawBufferPointer) -> String {
  String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
}
