/// A table for a terminal: cells may have several lines, all but the first column are flush right.
struct TextTable {
  /// A cell's lines.
  typealias Cell = [String]

  let columns: [Cell]
  let rows: [[Cell]]

  private static let gap = "  "

  var width: Int { widths.reduce(0, +) + Self.gap.count * max(0, columns.count - 1) }

  private var widths: [Int] {
    columns.indices.map { column in
      ([columns] + rows).flatMap { $0[column] }.map(\.count).max() ?? 0
    }
  }

  func rendered() -> String {
    let widths = widths
    var lines = Self.lines(of: columns, widths: widths, fromBottom: true)
    lines.append(String(repeating: "─", count: width))
    for row in rows { lines += Self.lines(of: row, widths: widths, fromBottom: false) }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func lines(of row: [Cell], widths: [Int], fromBottom: Bool) -> [String] {
    let height = row.map(\.count).max() ?? 0
    return (0..<height).map { line in
      let cells = row.indices.map { column in
        let cell = row[column]
        let number = fromBottom ? line - (height - cell.count) : line
        let text = cell.indices.contains(number) ? cell[number] : ""
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + padding : padding + text
      }
      let text = cells.joined(separator: gap)
      return String(text.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// A name broken after hyphens into lines of at most `width`, longer words left whole.
  static func wrapped(_ name: String, width: Int) -> Cell {
    var lines: Cell = [""]
    for (index, word) in name.split(separator: "-").enumerated() {
      let last = lines[lines.count - 1]
      if index == 0 {
        lines[0] = String(word)
      } else if last.count + 1 + word.count < width {
        lines[lines.count - 1] = last + "-" + word
      } else {
        lines[lines.count - 1] = last + "-"
        lines.append(String(word))
      }
    }
    return lines
  }

  /// Lines of at most `width` columns, longer words left whole; nothing for no text.
  static func filled(_ text: String, width: Int) -> String {
    if text.isEmpty { return "" }
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
