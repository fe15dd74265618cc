import ArgumentParser
import Evaluation
import Foundation
import Reports

/// `bench report`: a run as one HTML page.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a run as one HTML page that works offline.",
    discussion: """
      bench report Runs/1                 Runs/1/report.html
      bench report Runs/1 Runs/2          the second, and what changed since the first
      bench report Runs/sweep             the curve of a sweep
      """)

  @Argument(
    help: ArgumentHelp("A run folder, or an earlier one and a later one.", valueName: "run"))
  var runs: [String]

  @Option(help: "The page to write; without it report.html in the last run's folder.")
  var out: String?

  func validate() throws {
    guard (1...2).contains(runs.count) else {
      throw ValidationError("give one run or two; \(runs.count) were given.")
    }
  }

  func run() throws {
    try reportingFailures {
      if runs.count == 1, SweepFolder.isSweep(runs[0]) {
        let files = try SweepFolder.runs(in: runs[0])
        return try write(
          SweepReport(on: files, in: runs[0]).html(), to: out ?? "\(runs[0])/report.html")
      }
      if runs.count == 2 { try RegressionGate.checkDistinct(runs[0], runs[1]) }
      let run = try RunFiles(at: runs[runs.count - 1])
      let earlier = runs.count == 2 ? try RunFiles(at: runs[0]) : nil
      let page = try RunReport(on: run, since: earlier).html()
      try write(page, to: out ?? "\(run.folder)/report.html")
    }
  }

  private func write(_ page: String, to path: String) throws {
    try RunFiles.write(page, to: path)
    note("report: \(path)")
  }
}
