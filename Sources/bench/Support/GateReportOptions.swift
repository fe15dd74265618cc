import ArgumentParser
import Evaluation
import Foundation

/// How a gate's report is shown.
struct GateReportOptions: ParsableArguments {
  @Option(help: "The format of the report on standard output.")
  var format = Format.text

  @Option(help: "How many episodes of each kind are named at most.")
  var list = 10

  @Option(help: ArgumentHelp("Also write the report as JUnit's XML here.", valueName: "xml"))
  var junit: String?

  @Option(
    help: ArgumentHelp("Also write the report as Markdown here.", valueName: "md"))
  var markdown: String?

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, line, md, json, junit, github
  }

  /// Prints the report, and ends the program with the status of its verdict.
  func show(_ report: GateReport) throws {
    if let junit { try report.writeJUnit(to: junit) }
    if let markdown { try RunFiles.write(report.markdown(listing: list), to: markdown) }
    switch format {
    case .text: output(report.text(listing: list, width: Terminal.width))
    case .line: output(report.line)
    case .md: output(report.markdown(listing: list))
    case .json: output(try report.json())
    case .junit: output(report.jUnit())
    case .github: output(report.annotations())
    }
    if report.exitCode != 0 { throw ExitCode(report.exitCode) }
  }
}
