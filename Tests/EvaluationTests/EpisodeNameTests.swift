import EnvironmentInterface
import Testing

@testable import Evaluation

@Suite struct EpisodeNameTests {
  @Test(arguments: [
    (
      "semantic/lift-white-tape#3@0",
      EpisodeName(suite: "semantic", task: "lift-white-tape", index: 3, seed: 0)
    ),
    (
      "~visual/stack#12@18446744073709551615",
      EpisodeName(
        suite: "visual", task: "stack", index: 12, seed: .max, isCleanTwin: true)
    ),
    (
      "motion/lift#0@7+s0.5",
      EpisodeName(suite: "motion", task: "lift", index: 0, seed: 7, strength: 0.5)
    ),
  ])
  func aNameIsReadAsItIsWritten(text: String, name: EpisodeName) throws {
    #expect(try EpisodeName(text) == name)
    #expect(name.description == text)
  }

  @Test(arguments: [
    "", "lift#0@0", "semantic/lift", "semantic/lift#0", "semantic/lift#-1@0", "semantic/lift#0@x",
    "semantic/lift#0@0+s2", "semantic/lift#0@0+s", "semantic/lift#0@0 ", "a/b/c#0@0",
    "semantic/lift#99999999999999999999@0",
  ])
  func anythingElseIsToldWithAnExample(text: String) {
    let error = #expect(throws: EvaluationError.badEpisodeName(text)) { try EpisodeName(text) }
    #expect(error?.exitCode == 64)
    #expect(error?.description.contains("semantic/lift-white-tape#3@0") == true)
  }

  /// Every planned episode can be made again from its name alone.
  @Test func aNameRebuildsItsEpisode() throws {
    let world = CounterWorld()
    for strength in [1.0, 0.25] {
      let plan = try EpisodePlan(
        suites: ["plain", "shifted"], episodesPerTask: 3, seed: 5, strength: strength, in: world)
      for episode in plan.blocks.flatMap(\.episodes) {
        let name = EpisodeName(of: episode)
        #expect(try EpisodeName(name.description).episode(in: world) == episode)
      }
    }
  }
}
