import EnvironmentInterface
import Testing

@testable import Environments

/// Two bodies on the table that touch so that each seems to lie on the other.
struct SettlingFramesTests {
  /// In this demonstration a pot and a bowl took each other along, by less than an atom's width, until the stack was used up.
  @Test func bodiesThatTakeEachOtherAlongComeToRest() throws {
    let source = try TabletopDemonstrations(
      environment: try SharedTabletop.environment(),
      tasks: [SuiteTask(suite: "franka-tabletop", task: "pour-corn-into-pot")])
    let request = DemonstrationRequest(
      content: .robot, seed: 1000, decisionsPerFrame: 1, questionsPerFrame: 0, patchGrid: 0,
      chunkLength: 8, turnNoise: 0.8, turnShare: 4, mishaps: 0.05, demonstrations: 150,
      drawsNoiseAnew: true, seesEarlier: true)
    let view = try source.moment(1224, of: request).view
    let things = zip(view.objects.map(\.model.name), view.worldFromObject)
      .filter { ["red-bowl", "pot"].contains($0.0) }
    #expect(things.count == 2)
    for (name, pose) in things { #expect(abs(pose.translation.z) < 1e-3, "\(name)") }
  }
}
