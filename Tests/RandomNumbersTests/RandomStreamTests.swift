import Testing

@testable import RandomNumbers

@Suite struct RandomStreamTests {
  func numbers(_ stream: RandomStream, _ count: Int = 8) -> [UInt64] {
    var stream = stream
    return (0..<count).map { _ in stream.nextBits() }
  }

  @Test func theMixerIsSplitMix64() {
    // The first outputs of SplitMix64 seeded with 0 (Vigna's reference implementation, prng.di.unimi.it/splitmix64.c).
    #expect(SplitMix64.mixed(0) == 0xe220_a839_7b1d_cdaf)
    #expect(SplitMix64.mixed(0x9e37_79b9_7f4a_7c15) == 0x6e78_9e6a_a1b9_65f4)
  }

  @Test func aNamedStreamDoesNotDependOnWhatWasDrawnBefore() {
    let fresh = RandomStream(seed: 7)
    var used = fresh
    for _ in 0..<100 { _ = used.nextBits() }
    #expect(numbers(fresh.named("placement")) == numbers(used.named("placement")))
    #expect(numbers(fresh.numbered(3)) == numbers(used.numbered(3)))
  }

  @Test func differentNamesNumbersAndSeedsGiveDifferentStreams() {
    let root = RandomStream(seed: 7)
    let streams = [
      root, RandomStream(seed: 8), root.named("a"), root.named("b"), root.named("a", "b"),
      root.named("b", "a"), root.named("ab"), root.numbered(0), root.numbered(1),
      root.numbered(-1),
    ]
    #expect(Set(streams.map { numbers($0) }).count == streams.count)
  }

  @Test func uniformNumbersFillTheirRangeEvenly() {
    var stream = RandomStream(seed: 1)
    let values = (0..<20_000).map { _ in stream.uniform(in: -2...3) }
    #expect(values.allSatisfy { (-2...3).contains($0) })
    // The mean of 20,000 has a standard deviation of 0.0102: five of them.
    #expect(abs(values.reduce(0, +) / 20_000 - 0.5) < 0.051)
  }

  @Test func wholeNumbersAreUnbiased() {
    var stream = RandomStream(seed: 2)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.integer(below: 7)] += 1 }
    // Each count has a standard deviation of 92.6: five of them.
    for count in counts { #expect(abs(count - 10_000) < 463) }
  }

  @Test func normalNumbersHaveTheirMomentsAndShufflesKeepEverything() {
    var stream = RandomStream(seed: 3)
    let values = (0..<20_000).map { _ in stream.normal(mean: 1, standardDeviation: 2) }
    let mean = values.reduce(0, +) / 20_000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(mean - 1) < 0.071)
    #expect(abs(variance - 4) < 0.2)
    #expect(stream.shuffled(Array(0..<50)).sorted() == Array(0..<50))
  }
}
