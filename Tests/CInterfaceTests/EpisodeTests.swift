import CInterface
import CTrestle
import EnvironmentInterface
import Environments
import Evaluation
import Testing

/// Episodes through the C interface are those of the program: same states, numbers and pixels.
@Suite struct EpisodeTests {
  static let names = [
    "in-distribution/lift#3@7", "semantic/put-fruit-in-bowl#0@5",
    "~visual/lift-object-other-color#1@2",
    "physical/lift-small-battery#2@9+s0.5",
  ]

  @Test(arguments: names)
  func expertEndsWhereItEndsInSwift(_ name: String) throws {
    let environment = try Library.environment()
    let episode = try EpisodeName(name).episode(in: environment)
    let expected = try environment.expertTrajectory(of: episode)
    let first = try #require(expected.states.first)
    let last = try #require(expected.states.last)

    let batch = try Library.batch()
    defer { #expect(trestle_close(batch) == TRESTLE_OK) }
    #expect(trestle_reset(batch, 1, name) == TRESTLE_OK)
    let facts = try Library.object { trestle_episode(batch, 1, $0, $1, $2) }
    #expect(facts["name"] as? String == name)
    #expect(facts["instruction"] as? String == episode.instruction)
    #expect(facts["step_limit"] as? Int == episode.stepLimit)
    let content = environment.contentHash(of: episode, startingIn: first)
    #expect(facts["content"] as? String == content)

    let which: [UInt8] = [0, 1]
    var actions = [Double](repeating: 0, count: 14)
    var outcomes = [trestle_outcome](repeating: trestle_outcome(), count: 2)
    var steps = 0
    repeat {
      try #require(trestle_expert(batch, which, &actions, 14) == TRESTLE_OK)
      try #require(trestle_step(batch, which, actions, 14, &outcomes, 2) == TRESTLE_OK)
      steps += 1
      #expect(outcomes[1].steps == Int32(steps))
    } while outcomes[1].terminated == 0 && outcomes[1].truncated == 0
    #expect(outcomes[0].steps == 0)
    #expect(steps == expected.actions.count)
    #expect(outcomes[1].terminated == 1)
    #expect(outcomes[1].reward == 1)

    let record = try Library.object { trestle_record(batch, 1, $0, $1, $2) }
    #expect(record["final_state"] as? String == environment.stateHash(of: last))
    #expect(record["content"] as? String == content)
    #expect(record["outcome"] as? String == "success")
    #expect(record["first_success_step"] as? Int == expected.firstSuccessStep)
  }

  @Test func observationsAreThoseOfSwift() throws {
    let environment = try Library.environment()
    let batch = try Library.batch()
    defer { #expect(trestle_close(batch) == TRESTLE_OK) }
    let names = ["in-distribution/stack#0@1", "in-distribution/put-in-pot#4@1"]
    let states = try names.map { try environment.start(EpisodeName($0).episode(in: environment)) }
    for (slot, name) in names.enumerated() {
      #expect(trestle_reset(batch, Int32(slot), name) == TRESTLE_OK)
    }
    let expected = try environment.observations(of: states, needs: [.image, .proprioception])

    let size = 224 * 224 * 3
    var pixels = [UInt8](repeating: 0, count: 2 * size)
    #expect(trestle_render(batch, nil, "primary", &pixels, Int64(pixels.count)) == TRESTLE_OK)
    #expect(pixels == expected.flatMap { $0.primaryImage?.pixels ?? [] })

    let layout = try #require(environment.catalog.setups["widowx-kitchen"]?.interface.state)
    var numbers = [Double](repeating: 0, count: 2 * layout.count)
    #expect(trestle_state(batch, nil, &numbers, Int64(numbers.count)) == TRESTLE_OK)
    #expect(numbers == expected.flatMap { $0.proprioception.flatMap(layout.numbers) ?? [] })

    // Rows of slots that are left alone keep what they hold.
    let before = pixels
    pixels.replaceSubrange(0..<size, with: repeatElement(9, count: size))
    #expect(trestle_render(batch, [0, 1], "primary", &pixels, Int64(pixels.count)) == TRESTLE_OK)
    #expect(pixels[..<size].allSatisfy { $0 == 9 })
    #expect(pixels[size...] == before[size...])
  }

  @Test func anEpisodeWithoutSuccessIsTruncatedAtItsLimit() throws {
    let batch = try Library.batch(slots: 1)
    defer { #expect(trestle_close(batch) == TRESTLE_OK) }
    #expect(trestle_reset(batch, 0, "in-distribution/lift#0@0") == TRESTLE_OK)
    let still: [Double] = [0, 0, 0, 0, 0, 0, 1]
    var outcome = trestle_outcome()
    for step in 1...30 {
      #expect(trestle_step(batch, nil, still, 7, &outcome, 1) == TRESTLE_OK)
      #expect(outcome.truncated == (step == 30 ? 1 : 0))
      #expect(outcome.terminated == 0)
    }
    #expect(trestle_step(batch, nil, still, 7, &outcome, 1) == TRESTLE_NOT_READY)
    let record = try Library.object { trestle_record(batch, 0, $0, $1, $2) }
    #expect(record["outcome"] as? String == "failure")
    #expect(record["steps"] as? Int == 30)
  }

  @Test func theCatalogNamesWhatThereIs() throws {
    let catalog = try Library.object {
      trestle_catalog((try? Library.simulator()) ?? 0, $0, $1, $2)
    }
    let suites = try #require(catalog["suites"] as? [[String: Any]])
    #expect(
      suites.compactMap { $0["name"] as? String } == (try Library.environment().suites.map(\.name)))
    let setups = try #require(catalog["setups"] as? [String: [String: Any]])
    let setup = try #require(setups["widowx-kitchen"])
    #expect((setup["action"] as? [String])?.count == Int(TRESTLE_ACTION_COUNT))
    #expect((setup["state"] as? [String])?.count == 13)
  }
}
