import ArgumentParser

/// The option of commands that ask a policy's server all that its episodes ask: a file of less could answer for nothing.
struct TrafficOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write what a policy's server is asked and answers, so that --policy FILE.traffic can answer without it.",
      discussion: "A file of the same server and adapter is gone on with.",
      valueName: "file.traffic"))
  var recordTraffic: String?

  func validate() throws {
    if let recordTraffic, !PolicyCatalog.isTraffic(recordTraffic) {
      throw ValidationError(
        "--record-traffic \(recordTraffic): give a name that ends in .traffic, by which --policy knows it."
      )
    }
  }
}

extension Sequence where Element == Entrant {
  /// Whether all that `--record-traffic` asked for was written.
  ///
  /// - Throws: `FileFault` of the first line that could not be.
  func finishRecording() throws {
    for entrant in self { try entrant.recorder?.finish() }
  }
}
