internal import CImGui

/// The list of episodes at the window's left edge, its filter, and what the keys do.
struct EpisodePanel {
  private(set) var filter = EpisodeFilter.all
  /// The row that was last scrolled to, so that the list stays where it is put by hand.
  private var shown = -1

  private static let helpHeight = Float(ViewerControls.help.count) * 22 + 20
  /// Longer lists are not looked through at every frame, but when the filter is set or an episode ends.
  private var numbers: [Int] = []
  private var counted = (filter: EpisodeFilter?.none, outcomes: -1)

  /// Lays the panel out in the current ImGui frame.
  ///
  /// - Returns: an episode that was chosen.
  mutating func show(_ source: some ViewerSource, in place: ViewerLayout.Rectangle) -> Int? {
    guard place.width > 0 else { return nil }
    CImGui_beginPanel(
      "episodes", Float(place.x), Float(place.y), Float(place.width), Float(place.height))
    defer { CImGui_endPanel() }
    for (number, filter) in EpisodeFilter.allCases.enumerated() {
      if number > 0 { CImGui_sameLine(0) }
      if CImGui_button(filter.rawValue, 0, filter == self.filter) { self.filter = filter }
    }
    let rows = rows(of: source)
    let selected = rows.firstIndex(of: source.selection) ?? -1
    let height = max(60, Float(place.height) - 70 - Self.helpHeight)
    var (first, last): (Int32, Int32) = (0, 0)
    CImGui_beginList(
      "list", height, Int32(rows.count), Int32(selected == shown ? -1 : selected), &first, &last)
    shown = selected
    var chosen: Int?
    for row in Int(first)..<Int(last) {
      let episode = source.episode(rows[row])
      let marks = episode.outcomes.prefix(2).map(ViewerInk.ink(of:))
      if CImGui_row(Int32(row), episode.title, row == selected, marks, Int32(marks.count)) {
        chosen = rows[row]
      }
    }
    if rows.isEmpty { ViewerInk.text("no episode of this kind", ViewerInk.pale) }
    CImGui_endList()
    CImGui_separator()
    for (key, effect) in ViewerControls.help {
      let (red, green, blue) = ViewerInk.components(ViewerInk.pale)
      CImGui_keyHelp(key, effect, red, green, blue)
    }
    return chosen
  }

  /// The numbers of the episodes that pass the filter.
  private mutating func rows(of source: some ViewerSource) -> [Int] {
    let outcomes = source.tracks.count { $0.outcome.isOver } + source.selection << 2
    guard counted.filter != filter || counted.outcomes != outcomes else { return numbers }
    counted = (filter, outcomes)
    numbers =
      filter == .all
      ? Array(0..<source.episodeCount)
      : (0..<source.episodeCount).filter { filter.shows(source.episode($0)) }
    return numbers
  }

  /// The episode that follows in the list, `offset` rows further; nil at its end.
  mutating func neighbor(of selection: Int, by offset: Int, in source: some ViewerSource) -> Int? {
    let rows = rows(of: source)
    guard !rows.isEmpty else { return nil }
    // One that the filter hides has the place where it would be.
    let next = rows.firstIndex { $0 >= selection } ?? rows.count
    let isThere = next < rows.count && rows[next] == selection
    let place = isThere || offset < 0 ? next + offset : next + offset - 1
    return rows.indices.contains(place) ? rows[place] : nil
  }
}
