import EnvironmentInterface

/// First observations of a suite's tasks side by side, for looking over and for documents.
public struct ContactSheet: Sendable {
  /// Cells in rows, each an observation, with `gap` pixels of white between them.
  public let image: Image
  /// One a cell, row-major: suite, task, whether it is the clean twin, and the instruction.
  public let captions: [String]
  public let columns: Int

  static let gap = 4

  /// A sheet of pictures of one size.
  ///
  /// - Precondition: there is a picture, and each has a caption.
  public init(of pictures: [Image], captions: [String], columns: Int) {
    precondition(
      !pictures.isEmpty && pictures.count == captions.count && columns > 0,
      "\(pictures.count) pictures with \(captions.count) captions in \(columns) columns")
    let cell = pictures[0]
    let rows = (pictures.count + columns - 1) / columns
    let width = columns * (cell.width + Self.gap) - Self.gap
    let height = rows * (cell.height + Self.gap) - Self.gap
    var pixels = [UInt8](repeating: 255, count: width * height * 3)
    for (index, picture) in pictures.enumerated() {
      let left = index % columns * (cell.width + Self.gap)
      let top = index / columns * (cell.height + Self.gap)
      for row in 0..<min(cell.height, picture.height) {
        let count = min(cell.width, picture.width) * 3
        let from = row * picture.width * 3
        let to = ((top + row) * width + left) * 3
        pixels.replaceSubrange(to..<to + count, with: picture.pixels[from..<from + count])
      }
    }
    image = Image(height: height, width: width, pixels: pixels)
    self.captions = captions
    self.columns = columns
  }
}
