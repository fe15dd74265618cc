import EnvironmentInterface
import Foundation

/// vla-eval's websocket, protocol 1 (`vla_eval/protocol/messages.py`): numbered messages of a type and a payload.
final class VLAEvalSession: RemoteSession {
  private(set) var greeting: WireValue = .map([])
  private let name: String
  private let connection: WebSocketConnection
  private let limits: DecodingLimits
  private var number: Int64 = 0

  init(to address: RemoteAddress, settings: RemoteSettings, before deadline: Deadline)
    throws(RemoteError)
  {
    name = address.text
    limits = settings.limits
    connection = try WebSocketConnection(to: address, limits: limits, before: deadline)
    try send(
      "hello",
      .fields([
        "harness_version": .text("trestle"), "protocol_version": .integer(1),
        "benchmark": .text("trestle"),
      ]))
    let reply = try receive(before: deadline, timeout: settings.timeout)
    guard reply["type"]?.string == "hello", let payload = reply["payload"] else {
      throw .malformed(name, reason: "its first message is no hello")
    }
    greeting = payload
  }

  func begin(_ episode: EpisodeBriefing, before deadline: Deadline) throws(RemoteError) {
    // Nothing is said in reply.
    try send(
      "episode_start",
      .fields([
        "task": .fields(["name": .text(episode.instruction)]), "mode": .text("sync"),
        "max_steps": .integer(Int64(episode.stepLimit)),
      ]))
  }

  func end(_ outcome: Outcome) {
    try? send("episode_end", .fields(["success": .bool(outcome == .success)]))
  }

  func ask(_ observation: WireValue, before deadline: Deadline) throws(RemoteError) {
    try send("observation", observation)
  }

  func answer(before deadline: Deadline, timeout: Double) throws(RemoteError) -> WireValue {
    while true {
      let reply = try receive(before: deadline, timeout: timeout)
      let payload = reply["payload"] ?? .null
      switch reply["type"]?.string {
      case "action" where reply["seq"]?.int == Int(number): return payload
      case "action": continue  // an answer to a question that was given up
      case "error":
        throw .reported(name, message: payload["error"]?.string ?? "an error without a text")
      default: throw .malformed(name, reason: "a message that is neither action nor error")
      }
    }
  }

  private func send(_ type: String, _ payload: WireValue) throws(RemoteError) {
    number += 1
    let message = WireValue.fields([
      "type": .text(type), "payload": payload, "seq": .integer(number),
      "timestamp": .number(Date().timeIntervalSince1970),
    ])
    connection.send(
      .binary(
        try reading(name) { () throws(CodecError) in
          try MessagePackWriter.bytes(of: message, arrays: .vlaEval)
        }))
  }

  private func receive(before deadline: Deadline, timeout: Double) throws(RemoteError) -> WireValue
  {
    guard case .binary(let bytes) = try connection.receive(before: deadline, timeout: timeout)
    else { throw .malformed(name, reason: "text where bytes belong") }
    return try reading(name) { () throws(CodecError) in
      try MessagePackReader.value(of: bytes, limits: limits).findingArrays()
    }
  }
}
