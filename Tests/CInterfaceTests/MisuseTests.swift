import CInterface
import CTrestle
import Foundation
import RandomNumbers
import TestSupport
import Testing

/// Whatever is passed comes back as a status with a sentence, never as a crash.
@Suite struct MisuseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let status: trestle_status
    /// A part of the sentence.
    let says: String
    let call: @Sendable (_ simulator: trestle_handle, _ batch: trestle_handle) -> trestle_status
    var testDescription: String { id }
  }

  /// A slot of the batch runs, the other has no episode.
  static let cases = [
    Case(id: "null root", status: TRESTLE_BAD_ARGUMENT, says: "root is null") { _, _ in
      var made: trestle_handle = 0
      return trestle_open(nil, 0, &made)
    },
    Case(id: "null handle", status: TRESTLE_BAD_ARGUMENT, says: "simulator is null") { _, _ in
      trestle_open(Library.root, 0, nil)
    },
    Case(id: "no scenes", status: TRESTLE_BAD_FILE, says: "/nowhere") { _, _ in
      var made: trestle_handle = 0
      return trestle_open("/nowhere", 0, &made)
    },
    Case(id: "contexts", status: TRESTLE_BAD_ARGUMENT, says: "not -1") { _, _ in
      var made: trestle_handle = 0
      return trestle_open(Library.root, -1, &made)
    },
    Case(id: "a batch as a simulator", status: TRESTLE_BAD_ARGUMENT, says: "no open simulator") {
      trestle_catalog($1, nil, 0, nil)
    },
    Case(id: "unknown set-up", status: TRESTLE_BAD_ARGUMENT, says: "widowx-kitchen") {
      simulator, _ in
      var made: trestle_handle = 0
      return trestle_make(simulator, "moon", 1, &made)
    },
    Case(id: "no slots", status: TRESTLE_BAD_ARGUMENT, says: "1 to 1024") { simulator, _ in
      var made: trestle_handle = 0
      return trestle_make(simulator, "widowx-kitchen", 0, &made)
    },
    Case(id: "slot outside", status: TRESTLE_BAD_ARGUMENT, says: "no slot 2") {
      trestle_reset($1, 2, "in-distribution/lift#0@0")
    },
    Case(id: "negative slot", status: TRESTLE_BAD_ARGUMENT, says: "no slot -1") {
      trestle_record($1, -1, nil, 0, nil)
    },
    Case(id: "not a name", status: TRESTLE_BAD_ARGUMENT, says: "lift") {
      trestle_reset($1, 0, "lift")
    },
    Case(id: "no such task", status: TRESTLE_BAD_ARGUMENT, says: "put-on-plate") {
      trestle_reset($1, 0, "in-distribution/jump#0@0")
    },
    Case(id: "no twin", status: TRESTLE_BAD_ARGUMENT, says: "~in-distribution/lift#0@0") {
      trestle_reset($1, 0, "~in-distribution/lift#0@0")
    },
    Case(id: "not UTF-8", status: TRESTLE_BAD_ARGUMENT, says: "UTF-8") { _, batch in
      let bytes: [CChar] = [-1, -2, 0]
      return trestle_reset(batch, 0, bytes)
    },
    Case(id: "empty slot", status: TRESTLE_NOT_READY, says: "reset it first") {
      trestle_episode($1, 1, nil, 0, nil)
    },
    Case(id: "record of what runs", status: TRESTLE_NOT_READY, says: "goes on") {
      trestle_record($1, 0, nil, 0, nil)
    },
    Case(id: "step into an empty slot", status: TRESTLE_NOT_READY, says: "slot 1") { _, batch in
      var outcomes = [trestle_outcome](repeating: trestle_outcome(), count: 2)
      return trestle_step(batch, nil, [Double](repeating: 0, count: 14), 14, &outcomes, 2)
    },
    Case(id: "too few actions", status: TRESTLE_BAD_ARGUMENT, says: "takes 14") { _, batch in
      var outcomes = [trestle_outcome](repeating: trestle_outcome(), count: 2)
      return trestle_step(batch, nil, [0, 0, 0, 0, 0, 0, 0], 7, &outcomes, 2)
    },
    Case(id: "an action that is no number", status: TRESTLE_BAD_ARGUMENT, says: "slot 0") {
      _, batch in
      var outcomes = [trestle_outcome](repeating: trestle_outcome(), count: 2)
      let actions = [Double](repeating: .nan, count: 14)
      return trestle_step(batch, [1, 0], actions, 14, &outcomes, 2)
    },
    Case(id: "null actions", status: TRESTLE_BAD_ARGUMENT, says: "actions is null") {
      trestle_step($1, nil, nil, 14, nil, 2)
    },
    Case(id: "null pixels", status: TRESTLE_BAD_ARGUMENT, says: "pixels is null") {
      trestle_render($1, nil, "primary", nil, 0)
    },
    Case(id: "unknown camera", status: TRESTLE_BAD_ARGUMENT, says: "primary") { _, batch in
      var pixel: UInt8 = 0
      return trestle_render(batch, nil, "moon", &pixel, 1)
    },
    Case(id: "negative size", status: TRESTLE_BAD_ARGUMENT, says: "takes 301056") { _, batch in
      var pixel: UInt8 = 0
      return trestle_render(batch, nil, "primary", &pixel, -1)
    },
    Case(id: "small text", status: TRESTLE_TOO_SMALL, says: "must hold") { _, batch in
      var byte: CChar = 0
      return trestle_episode(batch, 0, &byte, 1, nil)
    },
    Case(id: "closed twice", status: TRESTLE_BAD_ARGUMENT, says: "neither") { _, _ in
      trestle_close(1 << 60)
    },
  ]

  @Test(arguments: cases)
  func isToldBySentence(_ misuse: Case) throws {
    let batch = try Library.batch()
    defer { #expect(trestle_close(batch) == TRESTLE_OK) }
    try #require(trestle_reset(batch, 0, "in-distribution/lift#0@0") == TRESTLE_OK)
    #expect(misuse.call(try Library.simulator(), batch) == misuse.status)
    #expect(Library.lastError.contains(misuse.says), "\(Library.lastError)")
  }

  /// Calls in any order with any arguments; a fault would end the tests.
  @Test func anyCallsInAnyOrder() throws {
    var stream = RandomStream(seed: 3).named("misuse")
    let simulator = try Library.simulator()
    var batches = [try Library.batch(slots: 1), try Library.batch(slots: 3)]
    var seen: Set<trestle_status> = []
    for _ in 0..<Fuzz.count(byDefault: 2000) {
      let batch = pick(batches + [simulator, 0, .max], &stream)
      let status = anyCall(batch, &stream)
      seen.insert(status)
      try #require((0...6).contains(status))
      if status == TRESTLE_OK, !isOpen(batch), let index = batches.firstIndex(of: batch) {
        batches[index] = try Library.batch(slots: Int32(stream.integer(below: 4)) + 1)
      }
    }
    #expect(seen.isSuperset(of: [TRESTLE_OK, TRESTLE_BAD_ARGUMENT, TRESTLE_NOT_READY]))
    for batch in batches { #expect(trestle_close(batch) == TRESTLE_OK) }
  }

  private func isOpen(_ batch: trestle_handle) -> Bool {
    trestle_episode(batch, 0, nil, 0, nil) != TRESTLE_BAD_ARGUMENT
  }

  private func pick<Value>(_ values: [Value], _ stream: inout RandomStream) -> Value {
    values[stream.integer(below: values.count)]
  }

  private func anyCall(
    _ batch: trestle_handle, _ stream: inout RandomStream
  ) -> trestle_status {
    let slots = stream.integer(below: 5)
    let slot = Int32(stream.integer(below: 6)) - 1
    let which: [UInt8]? = stream.integer(below: 2) == 0 ? nil : [1, 0, 1, 0, 0]
    var numbers = (0..<7 * 5).map { _ in
      pick([0, 0.01, -1, 1, 1e308, -1e308, .nan, .infinity, .leastNonzeroMagnitude], &stream)
    }
    switch stream.integer(below: 8) {
    case 0:
      let names = [
        "in-distribution/lift#0@0", "in-distribution/lift#9223372036854775807@18446744073709551615",
        "~semantic/lift-white-tape#1@2", "semantic/lift-white-tape#1@2+s7", "", "#@", "a/b#1@1",
      ]
      return trestle_reset(batch, slot, pick(names, &stream))
    case 1:
      var outcomes = [trestle_outcome](repeating: trestle_outcome(), count: 5)
      return trestle_step(
        batch, which, numbers, Int64(slots * 7), &outcomes, Int64(slots))
    case 2: return trestle_expert(batch, which, &numbers, Int64(slots * 7))
    case 3:
      var state = [Double](repeating: 0, count: 13 * 5)
      return trestle_state(batch, which, &state, Int64(slots * 13))
    case 4:
      var bytes = [CChar](repeating: 0, count: 4096)
      return trestle_episode(batch, slot, &bytes, Int64(stream.integer(below: 4096)), nil)
    case 5:
      var bytes = [CChar](repeating: 0, count: 4096)
      return trestle_record(batch, slot, &bytes, 4096, nil)
    case 6:
      var pixels = [UInt8](repeating: 0, count: 5 * 224 * 224 * 3)
      return trestle_render(batch, which, "primary", &pixels, Int64(slots * 224 * 224 * 3))
    default:
      // The simulator is the other tests' too.
      return stream.integer(below: 20) == 0 && batch != (try? Library.simulator())
        ? trestle_close(batch) : TRESTLE_OK
    }
  }
}
