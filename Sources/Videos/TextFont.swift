internal import CImGui
import Foundation

/// Letters of one size, drawn into pictures.
final class TextFont {
  private let handle: OpaquePointer

  /// - Parameters:
  ///   - size: the height of a line [pixels].
  ///   - isBold: a heavier face where the machine has one.
  init(size: Float, isBold: Bool = false) {
    handle = CImGuiFont_make(Self.path(isBold: isBold), size)
  }

  deinit { CImGuiFont_free(handle) }

  func width(of text: String) -> Int {
    let scalars = text.unicodeScalars.map(\.value)
    return Int(CImGuiFont_width(handle, scalars, Int32(scalars.count)).rounded(.up))
  }

  /// The text, cut with an ellipsis where it is wider than this.
  func fitted(_ text: String, to width: Int) -> String {
    guard self.width(of: text) > width else { return text }
    var head = Substring(text)
    while let _ = head.popLast() {
      let cut = head.trimmingCharacters(in: .whitespaces) + "…"
      if self.width(of: cut) <= width { return cut }
    }
    return ""
  }

  /// Draws a line into `[height, width, 3]` bytes, its top left at (x, y).
  func draw(
    _ text: String, into pixels: inout [UInt8], width: Int, height: Int, x: Int, y: Int, ink: Ink
  ) {
    let scalars = text.unicodeScalars.map(\.value)
    CImGuiFont_draw(
      handle, scalars, Int32(scalars.count), &pixels, Int32(width), Int32(height), Int32(x),
      Int32(y), [ink.red, ink.green, ink.blue])
  }

  private static func path(isBold: Bool) -> String? {
    let bold = isBold ? "-Bold" : ""
    return [
      "/usr/share/fonts/truetype/dejavu/DejaVuSans\(bold).ttf",
      "/usr/share/fonts/TTF/DejaVuSans\(bold).ttf",
      "/usr/share/fonts/truetype/liberation/LiberationSans\(isBold ? "-Bold" : "-Regular").ttf",
    ].first { FileManager.default.isReadableFile(atPath: $0) }
  }
}

/// A color of letters and surfaces: sRGB bytes.
struct Ink: Hashable {
  var red: UInt8
  var green: UInt8
  var blue: UInt8

  init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  static let paper = Ink(28, 31, 36)
  static let groove = Ink(58, 62, 70)
  static let bright = Ink(242, 242, 242)
  static let pale = Ink(158, 166, 178)
  static let blue = Ink(86, 148, 220)
  static let green = Ink(115, 217, 128)
  static let red = Ink(242, 115, 102)
}
