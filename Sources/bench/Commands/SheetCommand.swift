import ArgumentParser
import EnvironmentInterface
import Environments
import Foundation
import ImageFiles

/// `bench sheet`: what the tasks look like, on one picture.
struct SheetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sheet", abstract: "Draw the first observation of every task as a PNG.",
    discussion: "A row for each suite, a column for each task; the captions go to standard output.")

  @OptionGroup var rootOption: RootOption

  @Option(help: "The seed of the episodes.")
  var seed: UInt64 = 0

  @Option(help: "The file to write.")
  var out: String

  func run() throws {
    let root = try rootOption.resolved()
    try reportingFailures {
      let environment = try TabletopEnvironment(root: root.url.path)
      let columns = environment.suites.map(\.tasks.count).max() ?? 1
      var pictures: [Image] = []
      var captions: [String] = []
      for suite in environment.suites {
        let episodes = try suite.tasks.map {
          try environment.episode(suite: suite.name, task: $0, index: 0, seed: seed, strength: 1)
        }
        let states = try episodes.map(environment.start)
        let row = try environment.observations(of: states, needs: [.image]).compactMap(
          \.primaryImage)
        // White where a suite has fewer tasks, so that each begins a row of its own.
        let blanks = (row.count..<columns).map { _ in Self.blank(like: row[0]) }
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

  private static func blank(like image: Image) -> Image {
    Image(
      height: image.height, width: image.width,
      pixels: [UInt8](repeating: 255, count: image.pixels.count))
  }
}
