internal import CImGui

/// Play, scrub bar, speed, video: the row under the scenes.
struct TransportPanel {
  /// What a click asks for.
  enum Wish: Hashable {
    case request(ViewerControls.Request)
    case seek(Int)
  }

  private static let buttonWidth: Float = 64
  private static let speedWidth: Float = 34

  /// Lays the row out in the current ImGui frame.
  ///
  /// - Parameter end: the number at the scrub bar's right end.
  func show(
    _ playback: Playback, end: Int, message: String, in place: ViewerLayout.Rectangle
  ) -> Wish? {
    guard place.height > 0 else { return nil }
    CImGui_beginPanel(
      "transport", Float(place.x), Float(place.y), Float(place.width), Float(place.height))
    defer { CImGui_endPanel() }
    var wish: Wish?
    if CImGui_button(playback.isPlaying ? "pause" : "play", Self.buttonWidth, playback.isPlaying) {
      wish = .request(.play)
    }
    CImGui_sameLine(0)
    // What stands right of the bar: the step, three speed widgets, two buttons.
    let rest = 84 + 2 * Self.speedWidth + 48 + 2 * Self.buttonWidth + 88
    let width = max(60, Float(place.width) - Self.buttonWidth - rest)
    var step = Int32(min(playback.step, end))
    if CImGui_slider("##scrub", width, &step, 0, Int32(max(1, end))) { wish = .seek(Int(step)) }
    CImGui_sameLine(0)
    ViewerInk.text("\(playback.step) / \(end)", ViewerInk.bright)
    CImGui_sameLine(Self.buttonWidth + width + 16 + 8 + 84)
    if CImGui_button("−", Self.speedWidth, false) { wish = .request(.speed(-1)) }
    CImGui_sameLine(0)
    ViewerInk.text(Self.text(of: playback.speed), ViewerInk.pale)
    CImGui_sameLine(Self.buttonWidth + width + 16 + 8 + 84 + Self.speedWidth + 48)
    if CImGui_button("+", Self.speedWidth, false) { wish = .request(.speed(1)) }
    CImGui_sameLine(0)
    if CImGui_button("video", Self.buttonWidth, false) { wish = .request(.video) }
    CImGui_sameLine(0)
    if CImGui_button("full", Self.buttonWidth, false) { wish = .request(.fullScreen) }
    if !message.isEmpty {
      CImGui_plate(
        false, Float(place.x) + 16, Float(place.y) - 36, message, ViewerInk.bright)
    }
    return wish
  }

  private static func text(of speed: Double) -> String {
    switch speed {
    case 0.25: "¼×"
    case 0.5: "½×"
    default: "\(Int(speed))×"
    }
  }
}
