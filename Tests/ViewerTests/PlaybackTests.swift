import Testing

@testable import Viewer

/// Time, tracks and the list, without a window.
@Suite struct PlaybackTests {
  @Test func itPlaysAtItsRateAndWaitsForWhatIsNotThere() {
    var playback = Playback(rate: 5, isPlaying: true)
    playback.advance(by: 0.5, lastStep: 10)
    #expect(playback.step == 2)
    // The policy thinks for a long time: no step is skipped when it has thought.
    playback.advance(by: 60, lastStep: 3)
    #expect(playback.step == 3)
    playback.advance(by: 0.1, lastStep: 4)
    #expect(playback.step == 3)
    playback.advance(by: 0.15, lastStep: 4)
    #expect(playback.step == 4)
  }

  @Test func itSeeksWithinWhatIsThere() {
    var playback = Playback(rate: 5, isPlaying: false)
    playback.advance(by: 10, lastStep: 9)
    #expect(playback.step == 0)
    playback.seek(99, lastStep: 9)
    #expect(playback.step == 9)
    playback.seek(-4, lastStep: 9)
    #expect(playback.step == 0)
  }

  @Test func speedsEndAtTheirEnds() {
    var playback = Playback(rate: 1, isPlaying: true)
    for _ in 0..<20 { playback.change(speedBy: 1) }
    #expect(playback.speed == Playback.speeds.last)
    for _ in 0..<20 { playback.change(speedBy: -1) }
    #expect(playback.speed == Playback.speeds.first)
  }

  @Test func aSlowPolicyIsWaitedForAndAShortEpisodeIsNot() {
    #expect(Playback.lastStep(of: [(10, false), (4, false)]) == 3)
    #expect(Playback.lastStep(of: [(10, false), (4, true)]) == 9)
    #expect(Playback.lastStep(of: [(10, true), (4, true)]) == 9)
    #expect(Playback.lastStep(of: [(0, false)]) == 0)
    #expect(Playback.lastStep(of: []) == 0)
  }

  @Test func theFilterKnowsFlips() {
    func episode(_ outcomes: ViewerOutcome...) -> ViewerEpisode {
      ViewerEpisode(title: "t", outcomes: outcomes)
    }
    let flip = episode(.success, .failure("dropped"))
    #expect(EpisodeFilter.flips.shows(flip))
    #expect(EpisodeFilter.solved.shows(flip) && EpisodeFilter.failed.shows(flip))
    #expect(!EpisodeFilter.flips.shows(episode(.success, .running)))
    #expect(!EpisodeFilter.flips.shows(episode(.failure(""), .error("x"))))
    #expect(!EpisodeFilter.failed.shows(episode(.running)))
    #expect(EpisodeFilter.all.shows(episode(.running)))
  }
}
