import EnvironmentInterface
import Geometry
import Testing

@testable import Environments

/// Frames of two: what was seen one control step before comes in the looks of the moment itself.
struct EarlierFrameTests {
  private func request(
    _ augmentation: DemonstrationRequest.Augmentation = .none, variedLooks: Double = 0
  ) -> DemonstrationRequest {
    DemonstrationRequest(
      content: .robot, seed: 6, decisionsPerFrame: 1, questionsPerFrame: 0, patchGrid: 0,
      chunkLength: 1, seesEarlier: true, variedLooks: variedLooks, variedPaints: variedLooks,
      augmentation: augmentation)
  }

  @Test(arguments: [[], [SuiteTask(suite: "franka-tabletop", task: "put-carrot-in-bowl")]])
  func theFrameBeforeIsOfTheStepBefore(tasks: [SuiteTask]) throws {
    let environment = try SharedTabletop.environment()
    let source = try TabletopDemonstrations(environment: environment, tasks: tasks)
    let request = request(variedLooks: tasks.isEmpty ? 0.5 : 0)
    let frames = try source.frames(0..<12, of: request)
    var plain = request
    plain.seesEarlier = false
    let alone = try source.frames(5..<6, of: plain)[0]
    #expect(alone.earlier == nil && alone.image == frames[5].image)
    #expect(try source.frames(5..<6, of: request)[0].earlier == frames[5].earlier)
    var moved = 0
    for (number, frame) in frames.enumerated() {
      let earlier = try #require(frame.earlier)
      let image = try #require(earlier.primaryImage)
      let felt = try #require(earlier.proprioception)
      let moment = try source.moment(number, of: request)
      guard moment.earlier != nil else {
        #expect(image == frame.image && felt == frame.proprioception)
        continue
      }
      if felt != frame.proprioception { moved += 1 }
      #expect(
        (felt.baseFromGripper.translation - frame.proprioception.baseFromGripper.translation)
          .length < 0.1)
      // The same table in the same light: what is not the arm's is as it was.
      let differing = zip(image.pixels, frame.image.pixels).count { $0 != $1 }
      #expect(differing < image.pixels.count / 2, "frame \(number)")
    }
    #expect(moved > 6)
  }

  /// Both images of a frame are shifted alike: what stands still stands still.
  @Test func bothFramesAreAugmentedAlike() throws {
    let source = TabletopDemonstrations(environment: try SharedTabletop.environment())
    for augmentation in [DemonstrationRequest.Augmentation.random, .shifted] {
      for frame in try source.frames(0..<6, of: request(augmentation)) {
        let image = try #require(frame.earlier?.primaryImage)
        let near = zip(image.pixels, frame.image.pixels).count { abs(Int($0) - Int($1)) < 4 }
        #expect(near > image.pixels.count * 3 / 4)
      }
    }
  }

  /// A demonstration whose noise is drawn anew is the same scene acted in another way each time.
  @Test func noiseAnewActsAnewInTheSameScenes() throws {
    let source = try TabletopDemonstrations(
      environment: try SharedTabletop.environment(),
      tasks: [SuiteTask(suite: "franka-tabletop", task: "put-carrot-in-bowl")])
    func hands(_ count: Int, anew: Bool) throws -> (
      hands: Set<RigidTransform>, bowls: Set<RigidTransform>
    ) {
      var request = request()
      (request.demonstrations, request.drawsNoiseAnew) = (1, anew)
      let views = try (0..<count).map { try source.moment($0, of: request).view }
      return (Set(views.map(\.worldFromGripper)), Set(views.map { $0.worldFromObject[1] }))
    }
    let once = try hands(40, anew: false)
    let anew = try hands(40, anew: true)
    #expect(anew.bowls == once.bowls && once.bowls.count == 1)
    #expect(anew.hands.subtracting(once.hands).count > 25)
    #expect(once.hands.count < anew.hands.count)
  }
}
