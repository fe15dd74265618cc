import Testing

@testable import Evaluation

@Suite struct SeedUseTests {
  @Test func everySeedHasOneUse() {
    for use in SeedUse.allCases {
      for other in SeedUse.allCases where other != use {
        #expect(!use.seeds.overlaps(other.seeds))
      }
      #expect(SeedUse(of: use.seeds.lowerBound) == use)
      #expect(SeedUse(of: use.seeds.upperBound) == use)
    }
    #expect(SeedUse.development.seeds.lowerBound == 0)
    #expect(SeedUse.report.seeds.upperBound == .max)
  }
}
