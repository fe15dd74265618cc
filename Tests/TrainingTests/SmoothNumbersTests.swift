import Networks
import RandomNumbers
import Testing

@testable import Training

@Suite("Tokens for numbers that begin as neighbours")
struct SmoothNumbersTests {
  private let table = "language_model.model.embed_tokens.weight"

  @Test("two bins are the more alike the nearer they are, and as long as the rows they replace")
  func neighboursAreAlike() throws {
    let rows = SmoothNumbers.rows(
      count: 112, width: 128, size: 0.5, source: RandomStream(seed: 3))
    func row(_ bin: Int) -> ArraySlice<Float> { rows[bin * 128..<(bin + 1) * 128] }
    func likeness(_ a: Int, _ b: Int) -> Float {
      zip(row(a), row(b)).reduce(0) { $0 + $1.0 * $1.1 } / 128
    }
    let whole = (0..<112).reduce(0) { $0 + likeness($1, $1) } / 112
    #expect(abs(whole - 0.25) < 0.025)
    let means = [0, 1, 3, 10].map { step in
      (0..<100).reduce(0) { $0 + likeness($1, $1 + step) } / 100
    }
    #expect(means == means.sorted(by: >))
    #expect(means[1] > 0.8 * means[0] && means[3] < 0.5 * means[0])
  }

  @Test("other tokens stay as they were, and the same seed gives the same rows")
  func leavesOthers() throws {
    func tokens(smooth: Bool) throws -> [Float] {
      let network = try OpenVLA(.small(vocabularySize: 600), seed: 2)
      if smooth { try SmoothNumbers(seed: 2, scales: [100..<140, 300..<556]).write(into: network) }
      return try #require(network.parameters.first { $0.name == table }).tensor.floats()
    }
    let (plain, smooth) = (try tokens(smooth: false), try tokens(smooth: true))
    #expect(try tokens(smooth: true) == smooth)
    let width = plain.count / 600
    for token in 0..<600 {
      let columns = token * width..<(token + 1) * width
      let isNumber = (100..<140).contains(token) || (300..<556).contains(token)
      #expect((plain[columns] != smooth[columns]) == isNumber, "token \(token)")
    }
  }
}
