import EnvironmentInterface
import Testing

@testable import Environments

@Suite struct OtherGoalTests {
  /// In every suite: something else is asked for, of a thing that is there, and always the same.
  @Test func anotherGoalOfTheSameSceneIsAskedFor() throws {
    let environment = try SharedTabletop.environment()
    var told = 0
    for suite in environment.suites {
      for task in suite.tasks {
        let episode = try environment.episode(
          suite: suite.name, task: task, index: 1, seed: 9, strength: 1)
        let scene = try environment.start(episode).scene
        // In some scenes stands nothing that demonstrations move.
        guard let other = try environment.otherInstruction(for: episode) else { continue }
        told += 1
        #expect(other != episode.instruction)
        #expect(try environment.otherInstruction(for: episode) == other)
        let names = scene.objects.map(\.model.words).flatMap { [$0.phrase] + $0.variants }
        #expect(names.contains { other.contains($0) }, "\(other)")
      }
    }
    #expect(told > environment.suites.reduce(0) { $0 + $1.tasks.count } / 2)
  }
}
