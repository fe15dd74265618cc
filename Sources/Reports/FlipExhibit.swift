import EnvironmentInterface
import Evaluation
import Foundation

/// An episode that ended in two ways, to be looked at side by side.
public struct FlipExhibit: Sendable {
  /// One of the two ways.
  public struct Side: Sendable {
    /// Which run, or whether perturbed or clean.
    public var title: String
    public var outcome: Outcome
    /// Why it failed, or nothing.
    public var reason: String
    public var media: Media

    public init(title: String, outcome: Outcome, reason: String, media: Media) {
      self.title = title
      self.outcome = outcome
      self.reason = reason
      self.media = media
    }
  }

  public enum Media: Sendable {
    /// A whole MP4 file.
    case video(Data)
    /// PNG files of some steps, in order.
    case frames([(step: Int, png: Data)])
  }

  public var name: EpisodeName
  public var policy: String
  public var instruction: String
  public var sides: [Side]

  public init(name: EpisodeName, policy: String, instruction: String, sides: [Side]) {
    self.name = name
    self.policy = policy
    self.instruction = instruction
    self.sides = sides
  }
}

extension FlipExhibit {
  func html() -> String {
    let head = HTML.element(
      "figcaption", [],
      HTML.element("strong", [], HTML.escaped(instruction)) + " "
        + HTML.element("span", [], HTML.escaped(policy)) + " "
        + HTML.element("code", [], HTML.escaped("\(name)")))
    return HTML.element(
      "figure", [("class", "flip")],
      head + HTML.element("div", [("class", "pair")], sides.map(Self.html(of:)).joined()))
  }

  private static func html(of side: Side) -> String {
    let words =
      side.reason.isEmpty ? side.outcome.rawValue : "\(side.outcome.rawValue): \(side.reason)"
    let title = HTML.element(
      "p", [("class", side.outcome == .success ? "good" : "bad")],
      HTML.escaped("\(side.title) — \(words)"))
    return HTML.element("div", [], title + html(of: side.media))
  }

  private static func html(of media: Media) -> String {
    switch media {
    case .video(let data):
      return HTML.element(
        "video",
        [
          ("controls", ""), ("muted", ""), ("playsinline", ""), ("preload", "metadata"),
          ("src", "data:video/mp4;base64," + data.base64EncodedString()),
        ])
    case .frames(let frames):
      let cells = frames.map { step, png in
        HTML.element(
          "span", [],
          "<img alt=\"step \(step)\" src=\"data:image/png;base64,\(png.base64EncodedString())\"/>"
            + HTML.element("small", [], "step \(step)"))
      }
      return HTML.element("div", [("class", "strip")], cells.joined())
    }
  }

  /// Lets the two videos of a pair run together.
  static let script = HTML.element(
    "script", [],
    """

    for (const pair of document.querySelectorAll('.pair')) {
      const videos = [...pair.querySelectorAll('video')];
      for (const one of videos) for (const other of videos) if (one !== other) {
        one.addEventListener('play', () => { if (other.paused) {
          if (other.duration > one.currentTime) { other.currentTime = one.currentTime; other.play(); } } });
        one.addEventListener('pause', () => { if (!one.ended) other.pause(); });
      }
    }

    """)
}
