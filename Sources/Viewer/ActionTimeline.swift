internal import CImGui
import Foundation

/// What a policy did and said over time, a column a step, along the scrub bar: its action's tokens (the action itself for
/// a policy without), and the places that it named. The present step's stand beside it in words.
struct ActionTimeline {
  /// Where the scrub bar is [pixels].
  let bar: (x: Float, width: Float)
  /// The step at its right end.
  let end: Int
  /// The step that is shown.
  let step: Int

  private static let rowHeight: Float = 9
  private static let gap: Float = 3
  private static let foot: Float = 8
  private static let nameHeight: Float = 20
  /// Parts of the action: moves, turns, gripper; then two places of two coordinates each.
  private static let groups: [(name: String, rows: Range<Int>)] = [
    ("move", 0..<3), ("turn", 3..<6), ("grip", 6..<7),
  ]
  private static let placeNames = ["goal", "hand"]

  /// How high one policy's is [pixels].
  ///
  /// - Parameter isNamed: whether the policy's name stands above it.
  static func height(isNamed: Bool) -> Int {
    let rows = ViewerAction.names.count + 2 * placeNames.count
    let gaps = groups.count + placeNames.count + 1
    return Int(
      Float(rows) * rowHeight + Float(gaps) * gap + foot + (isNamed ? nameHeight : 0) + 4)
  }

  /// Draws one policy's in the current ImGui frame.
  ///
  /// - Returns: a step that is pointed at with the mouse held down.
  func show(_ track: ViewerTrack, number: Int, isNamed: Bool, in place: ViewerLayout.Rectangle)
    -> Int?
  {
    CImGui_beginPanel(
      "timeline \(number)", Float(place.x), Float(place.y), Float(place.width),
      Float(place.height))
    defer { CImGui_endPanel() }
    let actions = track.actions
    let present = actions.indices.contains(step) ? actions[step] : nil
    var y = Float(place.y) + 4
    if isNamed {
      CImGui_letters(bar.x, y - 1, track.policy, ViewerInk.pale)
      y += Self.nameHeight
    }
    let top = y
    for group in Self.groups {
      let words = present.map { Self.words(of: $0, group.rows) } ?? ""
      write(group.name, ViewerInk.pale, words, rows: group.rows.count, at: y)
      for row in group.rows {
        cells(actions.map { $0.scaled[row] }, Self.ink(ofLevel:), at: y)
        y += Self.rowHeight
      }
      y += Self.gap
    }
    y += Self.gap
    for (number, name) in Self.placeNames.enumerated()
    where actions.contains(where: { $0.places.indices.contains(number) }) {
      let point = present.flatMap { $0.places.indices.contains(number) ? $0.places[number] : nil }
      write(
        name, ViewerInk.places[number],
        point.map { String(format: "%.2f, %.2f", $0.x, $0.y) } ?? "", rows: 2, at: y)
      for axis in 0..<2 {
        let shares = actions.map { action -> Double? in
          guard action.places.indices.contains(number) else { return nil }
          return axis == 0 ? action.places[number].x : action.places[number].y
        }
        cells(shares, { Self.ink(ofShare: $0, ViewerInk.places[number]) }, at: y)
        y += Self.rowHeight
      }
      y += Self.gap
    }
    // The present step, through all rows.
    let column = bar.width / Float(end + 1)
    var ink = ViewerInk.bright
    CImGui_cells(
      bar.x + (Float(min(step, end)) + 0.5) * column - 1, top - 2, 2, y - top + 1, &ink, 1)
    let share = CImGui_pressed(bar.x, top, bar.width, y - top)
    return share < 0 ? nil : min(end, Int(share * Float(end + 1)))
  }

  /// Draws a row: a cell a step, or a cell a pixel where there are more steps than that.
  private func cells<Value>(_ values: [Value], _ ink: (Value) -> UInt32, at y: Float) {
    let column = bar.width / Float(end + 1)
    let height = Self.rowHeight - 1
    guard column < 1 else {
      let inks = values.map(ink)
      return CImGui_cells(bar.x, y, column, height, inks, Int32(inks.count))
    }
    let inks = (0..<Int(bar.width)).map { Int(Float($0) / column) }
      .prefix { $0 < values.count }.map { ink(values[$0]) }
    CImGui_cells(bar.x, y, 1, height, inks, Int32(inks.count))
  }

  /// Writes a name left of its rows and words right of them.
  private func write(_ name: String, _ ink: UInt32, _ words: String, rows: Int, at y: Float) {
    let line = y + Float(rows) * Self.rowHeight / 2 - 10
    CImGui_letters(bar.x - 56, line, name, ink)
    CImGui_letters(bar.x + bar.width + 12, line, words, ViewerInk.bright)
  }

  /// Blue below zero, amber above.
  private static func ink(ofLevel level: Double) -> UInt32 {
    ViewerInk.blend(
      ViewerInk.trough, level < 0 ? ViewerInk.blue : ViewerInk.amber, abs(level))
  }

  /// The brighter the further right or down; nothing where no place was named.
  private static func ink(ofShare share: Double?, _ ink: UInt32) -> UInt32 {
    share.map { ViewerInk.blend(ViewerInk.trough, ink, $0) } ?? ViewerInk.paper
  }

  /// Tokens, or the numbers on their scale where there are none.
  private static func words(of action: ViewerAction, _ rows: Range<Int>) -> String {
    action.tokens.count == ViewerAction.names.count
      ? action.tokens[rows].map(String.init).joined(separator: " ")
      : action.scaled[rows].map(signed).joined(separator: " ")
  }

  /// Two decimals with their sign; zero has none.
  private static func signed(_ value: Double) -> String {
    let digits = String(format: "%.2f", abs(value))
    return (digits == "0.00" ? "" : value < 0 ? "−" : "+") + digits
  }
}
