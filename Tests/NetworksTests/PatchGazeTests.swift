import Foundation
import Testing
import Torch

@testable import Networks

@Suite("Looking at patches")
struct PatchGazeTests {
  let patchCount = 16

  /// The loss of one token's looking at one patch.
  private func loss(
    of column: Int, at patch: Int, tokens: [Int], network: OpenVLA
  ) throws -> Double {
    let segments = try PackedSegments(
      tokens: [[tokens]], targets: [[tokens.map { _ in 2 }]], length: 6
    )
    let gaze = PatchGaze([(0, 0, column, patch)], in: segments, layersBeforeLast: 1)
    let features = network.patchFeatures(noise([1, 6, 32, 32], seed: 1))
    let losses = network.packedLoss(patchFeatures: features, segments, looking: [gaze])
    return try losses.gazes[0].item()
  }

  @Test("patches share the head's attention with the begin token and the text before")
  func competesWithText() throws {
    let network = try OpenVLA(tinyConfiguration(), seed: 3)
    func patchMass(_ column: Int) throws -> Double {
      try (0..<patchCount).reduce(0) {
        $0 + exp(-(try loss(of: column, at: $1, tokens: [5, 6, 7, 8], network: network)))
      }
    }
    let (first, last) = (try patchMass(0), try patchMass(3))
    // Untrained, all that is seen is seen about alike: 16 of 18 and of 21.
    #expect(abs(first - 16.0 / 18) < 0.05)
    #expect(abs(last - 16.0 / 21) < 0.05)
  }

  @Test("what comes after a token does not change where it looks")
  func ignoresLaterText() throws {
    let network = try OpenVLA(tinyConfiguration(), seed: 3)
    func loss(_ tokens: [Int]) throws -> Double {
      try self.loss(of: 1, at: 5, tokens: tokens, network: network)
    }
    #expect(abs(try loss([5, 6, 7, 8]) - loss([5, 6, 30])) < 1e-6)
    #expect(abs(try loss([5, 6, 7, 8]) - loss([9, 6, 7, 8])) > 1e-7)
  }
}
