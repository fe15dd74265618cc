import Foundation
import Testing

/// A policy's steps beside the expert's.
@Suite struct DiagnoseTests {
  private struct Line: Decodable {
    var episode: String
    var step: Int
    var predicted: [Double]
    var expert: [Double]
    var executed: [Double]
    var height: Double
    var pointed: [[Double]]
    var places: [[Double]]

    private enum CodingKeys: String, CodingKey {
      case episode, step, predicted, expert, executed, height, pointed
      case places = "expert_places"
    }
  }

  private func diagnosed(
    _ options: [String], episodes: Int = 2
  ) throws -> (output: String, lines: [Line]) {
    let file = Program.newFolder()
    defer { try? FileManager.default.removeItem(atPath: file) }
    let result = try Program.run(
      [
        "diagnose", "--suite", "in-distribution", "--task", "lift", "--episodes",
        "\(episodes)", "--steps",
        file,
      ] + options)
    #expect(result.status == 0, "\(result.errors)")
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
    return (
      result.output, try lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    )
  }

  @Test func whoDoesNotMoveErrsAsAnActionOfZerosDoes() throws {
    let (output, lines) = try diagnosed(["--policy", "zero-action"])
    #expect(lines.count == 60)
    #expect(Set(lines.map(\.episode)).count == 2)
    #expect(lines.allSatisfy { $0.predicted == [0, 0, 0, 0, 0, 0, 1] && $0.pointed.isEmpty })
    #expect(output.contains("0 of 2 episodes solved"))
    #expect(output.contains("2 never reached anything: in-distribution/lift#0@0 (step 30)"))
  }

  @Test func oraclesAndNoiseChangeWhatIsExecutedAndNothingElse() throws {
    let (_, lines) = try diagnosed([
      "--policy", "zero-action", "--oracle", "z", "--oracle", "yaw",
    ])
    for line in lines {
      #expect(line.executed[2] == line.expert[2] && line.executed[5] == line.expert[5])
      #expect(line.executed[0] == 0 && line.executed[1] == 0 && line.executed[6] == 1)
      #expect(line.predicted[2] == 0)
    }
    let (_, noisy) = try diagnosed(["--policy", "zero-action", "--noise", "4,5"])
    let (_, again) = try diagnosed(["--policy", "zero-action", "--noise", "4,5"])
    #expect(noisy.map(\.executed) == again.map(\.executed))
    let shifts = noisy.flatMap { $0.executed[0...2] }
    let deviation = (shifts.reduce(0) { $0 + $1 * $1 } / Double(shifts.count)).squareRoot()
    #expect(abs(deviation - 0.004) < 0.001)
  }

  /// The shipped policy points before it acts, and acts by where it is made to point.
  @Test func theExpertsGoalIsPutInThePolicysMouth() throws {
    let (output, own) = try diagnosed(["--policy", "openvla-grounded"], episodes: 1)
    #expect(own.allSatisfy { $0.pointed.count == 2 })
    #expect(output.contains("beside the goal"))
    let (_, told) = try diagnosed(
      ["--policy", "openvla-grounded", "--oracle", "goal"], episodes: 1)
    #expect(!told.isEmpty)
    for line in told {
      for (place, expected) in zip(line.pointed.joined(), line.places.joined()) {
        // The middle of the bin that the place is in; there are 64 bins at least.
        #expect(abs(place - expected) <= 0.5 / 64 + 1e-9)
      }
    }
    #expect(told.map(\.pointed) != own.map(\.pointed))
  }

  /// A diffusion policy is told the places that its chunk follows from: where it was asked, and not at a chunk's other steps.
  @Test func aDiffusionPolicyPointsWhereItIsTold() throws {
    let (output, own) = try diagnosed(["--policy", "diffusion-policy"], episodes: 1)
    #expect(output.contains("beside the goal"))
    let (_, told) = try diagnosed(
      ["--policy", "diffusion-policy", "--oracle", "goal"], episodes: 1)
    for line in own + told {
      // Three actions of each chunk are executed.
      #expect(line.pointed.count == (line.step % 3 == 0 ? 2 : 0))
    }
    for (place, expected) in told.flatMap({ zip($0.pointed.joined(), $0.places.joined()) }) {
      #expect(abs(place - expected) < 1e-6)
    }
    #expect(told.first?.pointed != own.first?.pointed)
    #expect(told.first?.predicted != own.first?.predicted)
  }

  @Test func aFirstClosingIsMadeToMissOnceInEachEpisode() throws {
    let (output, lines) = try diagnosed(["--policy", "openvla-grounded", "--mishaps"])
    let held: [Double] = [0, 0, 0, 0, 0, 0, 0]
    for episode in Set(lines.map(\.episode)) {
      let own = lines.filter { $0.episode == episode }
      let forced = own.indices.filter { own[$0].executed == held }
      #expect(forced.count == 2 && forced.last == forced.first.map { $0 + 1 })
      for line in own where line.executed != held { #expect(line.executed == line.predicted) }
      let first = try #require(forced.first)
      #expect((0.015...0.050).contains(own[first].height))
    }
    #expect(output.contains("of 2 episodes whose first closing missed"))
  }

  @Test(arguments: [
    ("--policy random --oracle goal", "points at nothing"),
    ("--policy expert", "is the expert"), ("--policy random --oracle x", "'yaw'"),
    ("--policy random --noise 4,5,6", "noise"), ("--policy random --task nowhere", "nowhere"),
  ])
  func whatCannotBeDiagnosedIsWrongUsage(options: String, reason: String) throws {
    let result = try Program.shell("$BENCH diagnose \(options)")
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errors.contains(reason), "\(result.errors)")
  }
}
