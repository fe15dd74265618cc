import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Policies
import Recordings
import Testing
import Viewer

@testable import bench

/// Whoever watches an episode changes nothing of it.
@Suite(.serialized) struct WatchingTests {
  private func wait(for track: ViewerTrack) {
    while !track.outcome.isOver { usleep(2_000) }
  }

  private func contestant(_ name: String) throws -> Contestant {
    if name == "expert" { return .expert() }
    let checkpoint = try PolicyCheckpoint(
      at: Program.root.appendingPathComponent("Checkpoints/\(name)"))
    return Contestant(name: name, kind: .entry) {
      try checkpoint.makePolicy(
        name: name, loading: CheckpointLoading(device: .cpu), statisticsKey: nil)
    }
  }

  @Test(arguments: ["openvla", "expert"])
  func aWatchedEpisodeEndsInTheSameBytes(name: String) throws {
    let environment = try TabletopEnvironment(root: Program.root.path, contexts: 1)
    let stage = EpisodeStage(
      name, contestant: try contestant(name), environment: environment)
    for text in ["semantic/lift-white-tape#0@0", "~semantic/lift-white-tape#1@0"] {
      let episode = try EpisodeName(text).episode(in: environment)
      let track = stage.play(episode, record: nil, recordings: nil)
      wait(for: track)
      let watched = try #require(stage.result(of: track))
      let alone = try contestant(name).record(
        of: episode, block: watched.record.block, in: environment)
      #expect(try EpisodeLines.encode([watched.record]) == EpisodeLines.encode([alone]))
      #expect(track.count == alone.steps + 1)
      // What the window shows of a step is what the policy saw, and what it did there.
      let states = watched.trajectory.states
      let drawn = try environment.observations(of: states, needs: [.image])
      for (step, observation) in drawn.enumerated() {
        let moment = try #require(track.moment(step))
        #expect(moment.observation?.pixels == observation.primaryImage?.pixels, "step \(step)")
        #expect((moment.action != nil) == (step < alone.steps))
        #expect(
          moment.action.map { $0.values }
            == (step < alone.steps
              ? watched.trajectory.actions[step].values : nil))
      }
      #expect((track.moment(0)?.action?.tokens.count ?? 0) == (name == "openvla" ? 7 : 0))
    }
  }

  @Test func aRecordedEpisodeIsPlayedWithoutItsPolicy() throws {
    let folder = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let made = try Program.run([
      "--suite", "language-grounding", "--policy", "expert", "--episodes", "1", "--record", "-q",
      "--out", folder,
    ])
    #expect(made.status == 0, "\(made.errors)")
    let run = try RunFiles(at: folder)
    let environment = try TabletopEnvironment(root: Program.root.path, contexts: 1)
    let nobody = Contestant(name: "expert", kind: .entry) { throw CocoaError(.fileNoSuchFile) }
    let show = try EpisodeShow(
      EpisodeListing([(run, "expert")]),
      on: [
        .init(
          stage: EpisodeStage("expert", contestant: nobody, environment: environment),
          recordings: RecordingFolder(ofRun: folder))
      ], in: environment)
    #expect(show.episodeCount == run.records.count)
    for number in [0, 3] {
      show.select(number)
      wait(for: show.tracks[0])
      #expect(show.tracks[0].outcome == .success)
      #expect(show.tracks[0].count == run.records[number].steps + 1)
      #expect(show.episode(number).outcomes == [.success])
    }
  }
}
