internal import CImGui
import Foundation

/// The right edge: what was said, how it goes, what is done, and what each policy sees.
struct PolicyPanel {
  let caption: ViewerCaption
  let step: Int

  private static let plotHeight: Float = 20

  /// Lays the words out in the current ImGui frame.
  func show(_ tracks: [ViewerTrack], in place: ViewerLayout.Rectangle) {
    guard place.width > 0 else { return }
    CImGui_beginPanel(
      "words", Float(place.x), Float(place.y), Float(place.width), Float(place.height))
    defer { CImGui_endPanel() }
    ViewerInk.heading(caption.instruction)
    ViewerInk.text(caption.title, ViewerInk.pale)
    CImGui_separator()
    for track in tracks {
      let outcome = track.outcome
      ViewerInk.text(track.policy, ViewerInk.bright)
      if case .running = outcome {
        ViewerInk.text("\(max(0, track.count - 1)) of \(caption.stepLimit) steps", ViewerInk.pale)
      } else {
        ViewerInk.text(outcome.words, ViewerInk.ink(of: outcome))
      }
    }
    CImGui_separator()
    // As many plots as there is room for: of the first policy, then of the second.
    let used = Float(150 + 50 * tracks.count)
    let room = Float(place.height) - used
    let each = Float(ViewerAction.names.count) * (Self.plotHeight + 8) + 30
    for track in tracks.prefix(max(0, Int(room / each))) {
      plots(of: track, width: Float(place.width) - 32, isNamed: tracks.count > 1)
    }
  }

  private func plots(of track: ViewerTrack, width: Float, isNamed: Bool) {
    let actions = track.actions
    guard let present = actions.indices.contains(step) ? step : actions.indices.last else { return }
    if isNamed { ViewerInk.text(track.policy, ViewerInk.pale) }
    let now = actions[present]
    for (number, name) in ViewerAction.names.enumerated() {
      let values = actions.map { Float($0.values[number]) }
      let range = ViewerAction.ranges[number]
      CImGui_plot(
        name, values, Int32(values.count), Int32(present), Float(range.least), Float(range.most),
        width - 74, Self.plotHeight)
      CImGui_sameLine(width - 48)
      ViewerInk.text(Self.text(now.values[number], number), ViewerInk.bright)
    }
  }

  /// Millimetres, degrees, or a fraction.
  private static func text(_ value: Double, _ number: Int) -> String {
    switch number {
    case 0..<3: signed(value * 1000) + " mm"
    case 3..<6: signed(value * 180 / .pi) + "°"
    default: String(format: "%.2f", value)
    }
  }

  /// A whole number with its sign; zero has none.
  private static func signed(_ value: Double) -> String {
    let digits = String(format: "%.0f", abs(value))
    return (digits == "0" ? "" : value < 0 ? "−" : "+") + digits
  }

  /// Writes a policy's name above its picture, and the places that it names into it.
  func annotate(_ track: ViewerTrack, _ moment: ViewerMoment, in place: ViewerLayout.Rectangle) {
    let (x, y) = (Float(place.x), Float(place.y))
    CImGui_plate(
      true, x - 8, y - Float(ViewerLayout.nameHeight) - 2, track.policy + " sees", ViewerInk.pale)
    for (number, point) in (moment.action?.places ?? []).prefix(2).enumerated() {
      let (u, v) = (
        x + Float(point.x) * Float(place.width), y + Float(point.y) * Float(place.height)
      )
      CImGui_lines(true, [u - 7, v, u + 7, v], 2, false, 2, ViewerInk.places[number])
      CImGui_lines(true, [u, v - 7, u, v + 7], 2, false, 2, ViewerInk.places[number])
    }
  }
}
