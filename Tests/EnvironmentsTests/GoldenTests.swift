import EnvironmentInterface
import Foundation
import Testing

@testable import Environments

/// Today's suites keep their states, words and pixels.
///
/// `RECORD_GOLDEN=1 swift test --filter GoldenTests` writes the panel anew: for a change that means to change a world.
struct GoldenTests {
  @Test func everyTaskIsWhatItWasWhenItWasRecorded() throws {
    let made = try GoldenPanel.made(in: SharedTabletop.environment())
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil { try made.write() }
    let recorded = try GoldenPanel.recorded()
    let comparesPixels = made.renderer == recorded.renderer
    if !comparesPixels {
      print(
        "pixels not compared: recorded by '\(recorded.renderer)', drawn by '\(made.renderer)'")
    }
    #expect(made.episodes.count == recorded.episodes.count)
    for (now, then) in zip(made.episodes, recorded.episodes) {
      var now = now
      if !comparesPixels { now.pixels = then.pixels }
      #expect(now == then)
    }
    #expect(made.demonstrations.count == recorded.demonstrations.count)
    for (now, then) in zip(made.demonstrations, recorded.demonstrations) {
      var now = now
      if !comparesPixels { now.pixels = then.pixels }
      #expect(now == then)
    }
  }
}

extension TabletopEnvironment {
  /// What the policy's first camera sees of each state.
  func firstImages(of states: [TabletopState]) throws -> [Image] {
    try observations(of: states, needs: [.image]).compactMap(\.primaryImage)
  }
}
