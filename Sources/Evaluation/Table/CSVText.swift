import Foundation

/// Writes comma-separated values (RFC 4180).
enum CSVText {
  static func lines(_ rows: [[String]]) -> String { rows.map(line).joined() }

  static func line(_ row: [String]) -> String { row.map(quoted).joined(separator: ",") + "\n" }

  /// Four decimals; nothing for what is no number.
  static func number(_ value: Double) -> String {
    value.isNaN ? "" : RateText.decimal(value.roundedForReport, places: 4)
  }

  private static func quoted(_ cell: String) -> String {
    guard cell.utf8.contains(where: { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
