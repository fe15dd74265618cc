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
  /// What stands right of the bar: the step, three speed widgets, two buttons.
  private static let rest = 84 + 2 * speedWidth + 48 + 2 * buttonWidth + 52

  /// Where the scrub bar begins in the window, and how wide it is [pixels].
  static func bar(in place: ViewerLayout.Rectangle) -> (x: Float, width: Float) {
    (Float(place.x) + 16 + buttonWidth + 8, max(60, Float(place.width) - buttonWidth - rest))
  }

  /// Lays the row out in the current ImGui frame.
  ///
  /// - Parameters:
  ///   - end: the number at the scrub bar's right end.
  ///   - message: shown at the foot of the scenes.
  func show(
    _ playback: Playback, end: Int, message: String, under scenes: [ViewerLayout.Rectangle],
    in place: ViewerLayout.Rectangle
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
    let width = Self.bar(in: place).width
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
      let foot = scenes.map { $0.y + $0.height }.max() ?? place.y
      CImGui_plate(false, Float(place.x) + 16, Float(foot) - 36, message, ViewerInk.bright)
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
