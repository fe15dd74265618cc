import Foundation
import Testing
import Training

@testable import bench

@Suite struct TrainingPaceTests {
  private func recipe() throws -> Recipe {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try Recipe(contentsOf: root.appendingPathComponent("Recipes/openvla.yaml"))
  }

  @Test(
    "what is left is counted in images at the speed of now, of steps that have fewer than the first"
  )
  func imagesAtTheSpeedOfNow() throws {
    let recipe = try recipe()
    let all = recipe.stages.reduce(0) { $0 + $1.steps * ($1.robotImages + $1.visionImages) }
    let vision = recipe.stages[0]
    let before = vision.steps * (vision.robotImages + vision.visionImages)
    var pace = TrainingPace(recipe)
    // An earlier process needed a second an image; this one does a hundred in a second.
    let first = pace.measured(step: vision.steps + 1, images: before + 16, seconds: Double(before))
    #expect(abs(first.rate - 1) < 0.01)
    let next = pace.measured(
      step: vision.steps + 101, images: before + 1616, seconds: Double(before) + 16)
    #expect(abs(next.rate - 100) < 1e-6)
    #expect(abs(next.left - Double(all - before - 1616) / 100) < 1e-6)
  }

  @Test("another stage is measured from its own first step on")
  func aStageOfItsOwn() throws {
    let recipe = try recipe()
    let steps = recipe.stages[0].steps
    var pace = TrainingPace(recipe)
    _ = pace.measured(step: steps - 100, images: 0, seconds: 0)
    #expect(abs(pace.measured(step: steps, images: 3200, seconds: 32).rate - 100) < 1e-6)
    _ = pace.measured(step: steps + 1, images: 3216, seconds: 34)
    #expect(abs(pace.measured(step: steps + 2, images: 3232, seconds: 36).rate - 8) < 1e-6)
  }

  @Test("nothing is left at the end")
  func theEnd() throws {
    let recipe = try recipe()
    let steps = recipe.stages.reduce(0) { $0 + $1.steps }
    let all = recipe.stages.reduce(0) { $0 + $1.steps * ($1.robotImages + $1.visionImages) }
    var pace = TrainingPace(recipe)
    #expect(pace.measured(step: steps, images: all, seconds: 100).left == 0)
  }
}
