import Foundation
import Policies

/// What `bench act` prints: lines of numbers with units, or JSON.
enum ActReply {
  private struct Single: Encodable {
    var tokenIDs: [Int]
    var action: [Double]

    enum CodingKeys: String, CodingKey {
      case tokenIDs = "token_ids"
      case action
    }
  }

  private struct Chunk: Encodable {
    /// One list an action; absent where a head made the numbers.
    var tokenIDs: [[Int]]?
    var actions: [[Double]]

    enum CodingKeys: String, CodingKey {
      case tokenIDs = "token_ids"
      case actions
    }
  }

  private static let numbers = [
    ("x", "m"), ("y", "m"), ("z", "m"), ("roll", "rad"), ("pitch", "rad"), ("yaw", "rad"),
    ("gripper", ""),
  ]

  static func json(_ prediction: ActionPrediction) throws -> String {
    try encoded(Single(tokenIDs: prediction.tokens, action: prediction.action))
  }

  static func json(_ prediction: ChunkPrediction) throws -> String {
    let tokens = prediction.tokens.isEmpty ? nil : prediction.tokens
    return try encoded(Chunk(tokenIDs: tokens, actions: prediction.actions))
  }

  /// A line for each number.
  static func text(_ prediction: ActionPrediction) -> String {
    zip(numbers, prediction.action).map { number, value in
      padded(number.0, 9) + signed(value) + " " + number.1
    }.joined(separator: "\n")
  }

  /// A line of names and units, then one for each action.
  static func text(_ prediction: ChunkPrediction) -> String {
    let titles = numbers.map { $0.1.isEmpty ? $0.0 : "\($0.0) [\($0.1)]" }
    let head = "step " + titles.map { padded($0, 13) }.joined()
    let rows = prediction.actions.enumerated().map { step, action in
      padded(String(step + 1), 5) + action.map { padded(signed($0), 13) }.joined()
    }
    return ([head] + rows).map(trimmed).joined(separator: "\n")
  }

  private static func encoded(_ reply: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(reply), as: UTF8.self)
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text.padding(toLength: width, withPad: " ", startingAt: 0)
  }

  private static func signed(_ value: Double) -> String { String(format: "%+.5f", value) }

  private static func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}
