import EnvironmentInterface
import Foundation

/// Writes captions under pictures: instruction, title and step, the action, and the outcome at the end.
public final class CaptionWriter {
  private let heading = TextFont(size: 19, isBold: true)
  private let small = TextFont(size: 14)

  /// The height of what is added at the foot [pixels].
  public static let footHeight = 96

  private static let margin = 14
  private static let lines = (heading: 13, title: 40, action: 66)
  private static let barHeight = 5

  public init() {}

  /// The picture with its caption at the foot: as wide, and `footHeight` higher.
  public func captioned(_ picture: Image, _ caption: FilmCaption) -> Image {
    var canvas = Canvas(picture, footHeight: Self.footHeight)
    let (top, width) = (picture.height, picture.width)
    let room = width - 2 * Self.margin
    canvas.fill(x: 0, y: top, width: width, height: Self.barHeight, .groove)
    let done = width * min(caption.step, caption.stepLimit) / max(1, caption.stepLimit)
    canvas.fill(x: 0, y: top, width: done, height: Self.barHeight, Self.ink(of: caption))

    let step = "step \(caption.step) of \(caption.stepLimit)"
    let stepWidth = small.width(of: step)
    canvas.write(
      heading.fitted(caption.instruction, to: room), heading, x: Self.margin,
      y: top + Self.lines.heading, .bright)
    canvas.write(
      small.fitted(caption.title, to: room - stepWidth - Self.margin), small, x: Self.margin,
      y: top + Self.lines.title, .pale)
    canvas.write(
      step, small, x: width - Self.margin - stepWidth, y: top + Self.lines.title, .pale)
    if let ending = caption.ending {
      let text =
        ending.reason.isEmpty
        ? ending.outcome.rawValue : "\(ending.outcome.rawValue): \(ending.reason)"
      canvas.write(
        heading.fitted(text, to: room), heading, x: Self.margin, y: top + Self.lines.action - 3,
        Self.ink(of: caption))
    } else if let action = caption.action {
      write(action, into: &canvas, y: top + Self.lines.action, room: room)
    }
    return canvas.image
  }

  private static func ink(of caption: FilmCaption) -> Ink {
    switch caption.ending?.outcome {
    case .success: .green
    case .failure, .error: .red
    case nil: .blue
    }
  }

  /// The seven numbers in columns, so that they stand still while they change.
  private func write(_ action: Action, into canvas: inout Canvas, y: Int, room: Int) {
    func signed(_ value: Double) -> String {
      let text = String(format: "%.0f", abs(value))
      return (text == "0" ? "" : value < 0 ? "−" : "+") + text
    }
    let (move, turn) = (action.translation * 1000, action.rotation * (180 / .pi))
    let columns: [(label: String, value: String)] = [
      ("x", signed(move.x)), ("y", signed(move.y)), ("z", signed(move.z) + " mm"),
      ("roll", signed(turn.x)), ("pitch", signed(turn.y)), ("yaw", signed(turn.z) + "°"),
      ("grip", String(format: "%.2f", action.gripper)),
    ]
    // As wide as what is written in them, in shares.
    let shares = [0.10, 0.10, 0.17, 0.14, 0.15, 0.16, 0.18]
    var x = Double(Self.margin)
    for ((label, value), share) in zip(columns, shares) {
      canvas.write(label, small, x: Int(x), y: y, .pale)
      canvas.write(value, small, x: Int(x) + small.width(of: label + " "), y: y, .bright)
      x += share * Double(room)
    }
  }
}

/// Bytes that are drawn on.
private struct Canvas {
  private var pixels: [UInt8]
  private let width: Int
  private let height: Int

  init(_ picture: Image, footHeight: Int) {
    width = picture.width
    height = picture.height + footHeight
    pixels = picture.pixels
    let paper = Ink.paper
    for _ in 0..<footHeight * width { pixels += [paper.red, paper.green, paper.blue] }
  }

  var image: Image { Image(height: height, width: width, pixels: pixels) }

  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ ink: Ink) {
    for row in y..<min(y + height, self.height) {
      for column in x..<min(x + width, self.width) {
        let place = (row * self.width + column) * 3
        (pixels[place], pixels[place + 1], pixels[place + 2]) = (ink.red, ink.green, ink.blue)
      }
    }
  }

  mutating func write(_ text: String, _ font: TextFont, x: Int, y: Int, _ ink: Ink) {
    font.draw(text, into: &pixels, width: width, height: height, x: x, y: y, ink: ink)
  }
}
