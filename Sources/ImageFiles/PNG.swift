internal import CPNG
import Foundation

/// PNG files, by libpng's simplified interface.
public enum PNG {
  /// Decodes a PNG of any kind to RGB; transparency is laid over black.
  ///
  /// - Parameters:
  ///   - data: The file's bytes.
  ///   - path: What an error calls it.
  public static func decoded(_ data: Data, path: String) throws(ImageFileError) -> RGBImage {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    var pixels: [UInt8] = []
    let reason: String? = data.withUnsafeBytes { bytes in
      guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
        return message(of: image)
      }
      guard image.width <= RGBImage.longestSide, image.height <= RGBImage.longestSide else {
        return
          "\(image.width)×\(image.height) pixels; at most \(RGBImage.longestSide) a side are read"
      }
      image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
      pixels = [UInt8](repeating: 0, count: Int(image.width) * Int(image.height) * 3)
      var background = png_color(red: 0, green: 0, blue: 0)
      let ok = png_image_finish_read(
        &image, &background, &pixels, png_int_32(image.width * 3), nil)
      return ok == 0 ? message(of: image) : nil
    }
    if let reason {
      throw ImageFileError(path: path, reason: "not a readable PNG (\(reason))")
    }
    return RGBImage(height: Int(image.height), width: Int(image.width), pixels: pixels)
  }

  /// The bytes of a PNG file of the picture; the same picture gives the same bytes.
  ///
  /// - Parameter fast: about a quarter of the time for a file a quarter larger: for thousands of pictures.
  public static func encoded(
    _ picture: RGBImage, fast: Bool = false
  ) throws(ImageFileError) -> Data {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(picture.width)
    image.height = png_uint_32(picture.height)
    image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
    if fast { image.flags |= png_uint_32(PNG_IMAGE_FLAG_FAST) }
    defer { png_image_free(&image) }
    // No file is larger: rows with their filter bytes, what zlib adds at most, and the chunks around them.
    let rows = (picture.width * 3 + 1) * picture.height
    var size = png_alloc_size_t(rows + rows / 100 + 4096)
    var data = Data(count: Int(size))
    let ok = data.withUnsafeMutableBytes {
      png_image_write_to_memory(
        &image, $0.baseAddress, &size, 0, picture.pixels, png_int_32(picture.width * 3), nil)
    }
    guard ok != 0 else { throw ImageFileError(path: "PNG in memory", reason: message(of: image)) }
    return data.prefix(Int(size))
  }

  private static func message(of image: png_image) -> String {
    withUnsafeBytes(of: image.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
