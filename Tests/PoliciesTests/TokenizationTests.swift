import Foundation
import Geometry
import Testing

@testable import Policies

@Suite struct ActionTokenizerTests {
  let published = ActionTokenizer(vocabularyEnd: 32000)

  /// Values and ids of the published tokenizer (openvla, `action_tokenizer.py`).
  @Test(arguments: [(-1.0, 31999), (0.0, 31872), (1.0, 31744), (2.0, 31744), (-7.0, 31999)])
  func tokensOfKnownValues(value: Double, token: Int) {
    #expect(published.token(for: value) == token)
  }

  @Test(arguments: [
    (31872, 0.0), (31744, 254.0 / 255), (31999, -254.0 / 255), (32000, -254.0 / 255),
  ])
  func valuesOfKnownTokens(token: Int, value: Double) {
    #expect(abs(published.value(of: token) - value) < 1e-12)
  }

  @Test func everyBinEncodesAsDigitizeDoes() {
    // The slow obvious version: count the edges at or below the value.
    let edges = (0..<256).map { -1 + 2 * Double($0) / 255 }
    for step in -1200...1200 {
      let value = Double(step) / 1000
      let clamped = min(1, max(-1, value))
      let digit = edges.filter { $0 <= clamped }.count
      #expect(published.token(for: value) == 32000 - digit)
    }
  }

  @Test func decodingIsWithinHalfABin() {
    for step in -100...100 {
      let value = Double(step) / 100
      #expect(abs(published.value(of: published.token(for: value)) - value) <= 1 / 255 + 1e-12)
    }
  }
}

@Suite struct VocabularyTests {
  static let sentences = [
    "In: What action should the robot take to lift the eggplant?\nOut:",
    "In: What action should the robot take to put the carrot on the plate?\nOut:",
  ].flatMap { [$0, $0] }

  func makeVocabulary() throws -> Vocabulary {
    let tokenizer = try SentencePieceTokenizer.trained(
      on: Self.sentences.map { $0.replacingOccurrences(of: "\n", with: " ") }, size: 600,
      symbols: LocationTokenizer.pieces(binCount: 8) + [
        "▁What▁action▁should▁the▁robot▁take▁to", "?\nOut:",
      ])
    return try Vocabulary(
      text: tokenizer, actions: ActionTokenizer(vocabularyEnd: tokenizer.count + 256),
      template: .openVLA, grounding: .point,
      locationBins: 8, source: "test")
  }

  @Test func promptsEndInTheEmptyPieceAndRoundTrip() throws {
    let vocabulary = try makeVocabulary()
    let ids = try vocabulary.promptTokens(forInstruction: "Lift the EGGPLANT")
    #expect(ids.last == vocabulary.spaceToken)
    #expect(ids.count < 12)
    #expect(
      try vocabulary.text.decode(ids.dropLast())
        == "In: What action should the robot take to lift the eggplant?\nOut:")
  }

  @Test func trainingTwiceGivesTheSameBytes() throws {
    #expect(try makeVocabulary().text.model == makeVocabulary().text.model)
  }

  @Test func wordsNeverSeenFallBackToBytes() throws {
    let vocabulary = try makeVocabulary()
    let ids = try vocabulary.text.encode("zygote ☃")
    #expect(try vocabulary.text.decode(ids) == "zygote ☃")
  }

  @Test func aBrokenModelIsAnErrorThatNamesTheFile() {
    #expect {
      try SentencePieceTokenizer(model: Data([1, 2, 3]), source: "a/tokenizer.model")
    } throws: { error in "\(error)".contains("a/tokenizer.model") }
  }
}

@Suite struct LocationTokenizerTests {
  let locations = LocationTokenizer(firstToken: 100, binCount: 64)

  @Test(arguments: [Vector2(0, 0), Vector2(0.999, 0.5), Vector2(-3, 7)])
  func pointsComeBackWithinABin(point: Vector2) throws {
    let clamped = Vector2(min(1, max(0, point.x)), min(1, max(0, point.y)))
    let back = try #require(locations.point(of: locations.tokens(for: point)))
    #expect((back - clamped).length < 1.0 / 64)
  }

  @Test func otherTokensAreNoPlace() {
    #expect(locations.point(of: [99, 100]) == nil)
    #expect(locations.point(of: [164, 100]) == nil)
  }
}
