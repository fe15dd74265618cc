import ArgumentParser
import Environments
import Evaluation
import Foundation
import Reports

/// `bench report`: a run as one HTML page.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a run, or a training, as one HTML page that works offline.",
    discussion: """
      bench report Runs/1                       Runs/1/report.html
      bench report Runs/1 Runs/2                the second, and what changed since the first
      bench report Runs/1:openvla Runs/2:mine   one policy of each
      bench report Runs/sweep                   the curve of a sweep
      bench report Checkpoints/openvla          how it learned
      bench report .training/a .training/b      two trainings in the same charts

      Flips stand beside each other as videos where bench video has written them, else as frames drawn from the runs' \
      recordings (bench --record).
      """)

  @OptionGroup var rootOption: RootOption

  @Argument(
    help: ArgumentHelp(
      """
      A run folder, or an earlier one and a later one; :POLICY behind each picks a policy. Or the folder of a training, \
      or of two.
      """,
      valueName: "run[:policy]"))
  var runs: [String]

  @Option(
    help:
      "The page to write; without it report.html in the last run's folder, or Runs/training-NAME.html."
  )
  var out: String?

  func validate() throws {
    let sides = try RunSides(runs)
    if let training = runs.first(where: LearningPage.isOfTraining),
      let other = runs.first(where: { !LearningPage.isOfTraining($0) })
    {
      throw ValidationError(
        "\(training) is of a training, and \(other) is not: give each a page of its own.")
    }
    guard sides.second != nil || sides.policies.isEmpty else {
      throw ValidationError(
        "\(runs[0]): the page of one run shows all of its policies; name two runs, or leave the policy out."
      )
    }
  }

  func run() throws {
    try reportingFailures {
      if let last = runs.last, LearningPage.isOfTraining(last) {
        let page = try LearningPage.html(
          on: runs, among: rootOption.resolved().url.appendingPathComponent("Recipes"))
        return try write(page, to: out ?? LearningPage.makePlace(of: last))
      }
      if runs.count == 1, SweepFolder.isSweep(runs[0]) {
        let files = try SweepFolder.runs(in: runs[0])
        return try write(
          SweepReport(on: files, in: runs[0]).html(), to: out ?? "\(runs[0])/report.html")
      }
      let sides = try RunSides(runs)
      let (earlier, run) = try sides.read()
      let pairs = try earlier.map { try sides.pairs($0, run) } ?? []
      let gallery = FlipGallery {
        try TabletopEnvironment(root: rootOption.resolved().url.path, contexts: 1)
      }
      let exhibits =
        try earlier.map { try gallery.exhibits(from: $0, to: run, of: pairs) }
        ?? gallery.exhibits(of: run)
      let page = try RunReport(
        on: run, since: earlier, comparing: sides.policies.isEmpty ? [] : pairs,
        exhibits: exhibits
      ).html()
      try write(page, to: out ?? "\(run.folder)/report.html")
    }
  }

  private func write(_ page: String, to path: String) throws {
    try RunFiles.write(page, to: path)
    note("report: \(path)")
  }
}
