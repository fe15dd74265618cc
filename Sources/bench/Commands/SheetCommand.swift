import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import ImageFiles

/// `bench sheet`: what the tasks look like, on one picture.
struct SheetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sheet", abstract: "Draw the first observation of every task as a PNG.",
    discussion: """
      A row for each suite, a column for each task; one suite alone takes rows of six. The captions go to standard \
      output.
      """)

  @OptionGroup var rootOption: RootOption

  @Option(
    help: "Suites with commas between; left out, those that '--suite all' runs.",
    completion: .custom(Completions.suites))
  var suite: String?

  @Flag(help: "Show what somebody beside the table sees instead of the policy's observation.")
  var bystander = false

  @Option(help: "The seed of the episodes.")
  var seed: UInt64 = 0

  @Option(help: "The file to write.")
  var out: String

  func run() throws {
    let root = try rootOption.resolved()
    try reportingFailures {
      let environment = try TabletopEnvironment(root: root.url.path)
      let suites = try chosenSuites(in: environment)
      let columns =
        suites.count == 1
        ? min(Self.widest, suites[0].tasks.count) : suites.map(\.tasks.count).max() ?? 1
      var pictures: [Image] = []
      var captions: [String] = []
      for suite in suites {
        let episodes = try suite.tasks.map {
          try environment.episode(suite: suite.name, task: $0, index: 0, seed: seed, strength: 1)
        }
        let states = try episodes.map(environment.start)
        let row =
          bystander
          ? try environment.bystanderPictures(of: states, side: Self.bystanderSide)
          : try environment.observations(of: states, needs: [.image]).compactMap(\.primaryImage)
        // White where a suite has fewer tasks, so that each begins a row of its own.
        let missing = (columns - row.count % columns) % columns
        let blanks = (0..<missing).map { _ in Self.blank(like: row[0]) }
        pictures += row + blanks
        captions += episodes.map { "\(suite.name)/\($0.task): \($0.instruction)" }
        captions += blanks.map { _ in "" }
      }
      let sheet = ContactSheet(of: pictures, captions: captions, columns: columns)
      output(captions.filter { !$0.isEmpty }.joined(separator: "\n"))
      try ImageFile.write(
        RGBImage(sheet.image),
        to: URL(fileURLWithPath: out))
    }
  }

  /// Of what somebody beside the table sees [pixels].
  private static let bystanderSide = 288

  /// How many pictures are side by side of a suite alone.
  private static let widest = 6

  private func chosenSuites(in environment: TabletopEnvironment) throws -> [SuiteDescription] {
    guard let suite else {
      return environment.suiteDefinitions.filter(\.isInAll).map(\.description)
    }
    return try suite.split(separator: ",").map { name in
      guard let found = environment.suites.first(where: { $0.name == name }) else {
        throw EvaluationError.unknownSuite(String(name), known: environment.suites.map(\.name))
      }
      return found
    }
  }

  private static func blank(like image: Image) -> Image {
    Image(
      height: image.height, width: image.width,
      pixels: [UInt8](repeating: 255, count: image.pixels.count))
  }
}
