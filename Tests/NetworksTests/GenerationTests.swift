import Testing
import Torch

@testable import Networks

@Suite("Generation", .serialized)
struct GenerationTests {
  private func prompt(_ row: Int) -> [Int] {
    [1] + (0...(3 + row % 9)).map { 2 + ($0 * 5 + row) % 30 }
  }

  @Test("equals choosing from plain passes")
  func equalsPlainPasses() throws {
    let network = try OpenVLA(tinyConfiguration(), seed: 5)
    let pixels = noise([1, 6, 32, 32], seed: 2)
    var text = prompt(4)
    let generated = try network.generate(
      pixelValues: pixels, prompts: [text], tokenCount: 6, allowed: [nil, 10..<20],
      keepsLogits: true)
    for step in 0..<6 {
      let logits = network.logits(
        pixelValues: pixels, inputIDs: Tensor(text, shape: [1, text.count]))
      let last = logits.selected(0, 0).selected(0, text.count - 2)
      let range = step == 1 ? 10..<20 : 0..<40
      let allowed = try last.floats()[range]
      let kept = generated.logits[0][step]
      #expect(zip(kept, allowed).allSatisfy { abs($0 - $1) < 1e-4 })
      let best = try #require(allowed.indices.max { allowed[$0] < allowed[$1] })
      #expect(generated.tokens[0][step] == best)
      text.append(best)
    }
  }

  @Test(
    "gives a row the same bits whatever else is in the batch", arguments: [1, 2],
    ProductPrecision.allCases)
  func isBatchInvariant(threads: Int, products: ProductPrecision) throws {
    let earlier = threadCount
    defer { setThreadCount(earlier) }
    setThreadCount(threads)
    // The default widths, so that the matrix products are those of real use; less of everything else.
    let network = try OpenVLA(
      .small(
        vocabularySize: 600, imageSize: 112, patchSize: 14, visionDepth: 1, layerCount: 2),
      seed: 5)
    network.products = products
    let count = 32
    let pixels = noise([count, 6, 112, 112], seed: 2)
    let prompts = (0..<count).map(prompt)
    func run(_ rows: [Int]) throws -> Generation {
      try network.generate(
        pixelValues: pixels.rows(Tensor(rows)), prompts: rows.map { prompts[$0] }, tokenCount: 3,
        keepsLogits: true)
    }
    let all = try run(Array(0..<count))
    let shuffled = (0..<count).map { ($0 * 13 + 7) % count }
    for rows in [[0], [17], [3, 9, 31, 0, 5], shuffled] {
      let some = try run(rows)
      for (index, row) in rows.enumerated() {
        #expect(some.tokens[index] == all.tokens[row])
        #expect(some.logits[index] == all.logits[row])
      }
    }
  }

  @Test("multiplies as its configuration says, unless it is told otherwise")
  func products() throws {
    func logits(_ configured: ProductPrecision?, _ told: ProductPrecision?) throws -> [Float] {
      var configuration = tinyConfiguration()
      configuration.own?.products = configured
      let network = try OpenVLA(configuration, seed: 5)
      if let told { network.products = told }
      return try network.generate(
        pixelValues: noise([1, 6, 32, 32], seed: 2), prompts: [prompt(4)], tokenCount: 1,
        keepsLogits: true
      ).logits[0][0]
    }
    let (exact, reduced) = (try logits(nil, nil), try logits(.bfloat16, nil))
    #expect(try logits(.float32, nil) == exact && logits(.bfloat16, .float32) == exact)
    #expect(try logits(nil, .bfloat16) == reduced)
    let largest = try #require(exact.map(abs).max())
    let difference = try #require(zip(exact, reduced).map { abs($0 - $1) }.max())
    // Factors keep 8 bits through some ten layers.
    #expect(difference > 0 && difference < largest / 20)
  }

  @Test("refuses prompts it can't run")
  func refuses() throws {
    let network = try OpenVLA(tinyConfiguration(), seed: 5)
    let pixels = noise([1, 6, 32, 32], seed: 2)
    let cases: [(Tensor, [[Int]], String)] = [
      (pixels, [[2, 3]], "begin"), (pixels, [[1, 99]], "vocabulary"), (pixels, [], "0 prompts"),
      (pixels, [[]], "begin"), (noise([1, 3, 32, 32], seed: 2), [[1]], "pixel values"),
      (pixels, [[1] + Array(repeating: 2, count: 200)], "max_position_embeddings"),
    ]
    for (pixels, prompts, complaint) in cases {
      let error = #expect(throws: TorchError.self) {
        try network.generate(pixelValues: pixels, prompts: prompts, tokenCount: 2)
      }
      #expect(error?.message.contains(complaint) == true, "\(error?.message ?? "")")
    }
  }
}
