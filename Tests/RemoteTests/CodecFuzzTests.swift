import RandomNumbers
import TestSupport
import Testing

@testable import Remote

/// Well-formed messages with bytes changed, cut and doubled, and pure noise: none may trap or run away.
@Suite struct CodecFuzzTests {
  @Test(arguments: ArrayForm.allCases)
  func noInputTraps(form: ArrayForm) throws {
    let image = try NumericArray(pixels: [UInt8](repeating: 9, count: 48), height: 4, width: 4)
    let value = WireValue.fields([
      "image": .array(image), "state": .array(NumericArray(float32: [1, 2, 3])),
      "prompt": .text("pick"), "list": .list([.null, .bool(true), .integer(-7), .number(0.5)]),
    ])
    let isJSON = form == .jsonNumPy || form == .roboEvals
    let whole =
      isJSON
      ? try JSONText.bytes(of: value, arrays: form)
      : try MessagePackWriter.bytes(of: value, arrays: form)
    var randomness = RandomStream(seed: 11).named("fuzz", form.rawValue)
    let tally = Fuzz.trial(of: "messages of \(form.rawValue)", byDefault: 3000) { _ in
      let input = mutated(whole, &randomness)
      let decoded = try isJSON ? JSONText.value(of: input) : MessagePackReader.value(of: input)
      _ = try decoded.findingArrays()
    } judging: {
      $0 is CodecError ? nil : "is of another kind"
    }
    // Some changes fall into a picture's or a text's bytes, so a part is still read.
    #expect(tally.faults.isEmpty && tally.read > 0 && tally.refused > 0, "\(tally)")
  }

  private func mutated(_ whole: [UInt8], _ randomness: inout RandomStream) -> [UInt8] {
    var input = whole
    if randomness.chance(0.05) {
      return (0..<randomness.integer(below: 64)).map { _ in
        UInt8(truncatingIfNeeded: randomness.nextBits())
      }
    }
    for _ in 0...randomness.integer(below: 4) where !input.isEmpty {
      let place = randomness.integer(below: input.count)
      switch randomness.integer(below: 4) {
      case 0: input[place] = UInt8(truncatingIfNeeded: randomness.nextBits())
      case 1: input[place] ^= 1 << UInt8(randomness.integer(below: 8))
      case 2 where randomness.chance(0.3): input.removeLast(input.count - place)
      default:
        let other = randomness.integer(below: input.count)
        input.replaceSubrange(
          place..<min(place + 4, input.count), with: input[other..<min(other + 4, input.count)])
      }
    }
    return input
  }
}
