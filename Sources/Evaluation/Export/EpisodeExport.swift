import Files
import Foundation

/// Writes the episodes of a run as tables that other programs open, a row an episode.
public enum EpisodeExport {
  /// Writes comma-separated values (RFC 4180) with a head.
  ///
  /// - Throws: `EvaluationError` with the file.
  public static func writeCSV(_ run: EpisodeStream, to path: String) throws {
    try write(to: path) { file in
      try file.append(Data(CSVText.line(EpisodeColumn.all.map(\.name)).utf8))
      try run.forEach { record in
        let line = CSVText.line(EpisodeColumn.all.map { $0.value(record).words })
        try file.append(Data(line.utf8))
      }
    }
  }

  /// Writes a Parquet file.
  ///
  /// - Parameter groupSize: how many rows are in memory at a time.
  /// - Throws: `EvaluationError` with the file.
  public static func writeParquet(_ run: EpisodeStream, to path: String, groupSize: Int = 50_000)
    throws
  {
    try write(to: path) { file in
      var parquet = ParquetEncoder(columns: EpisodeColumn.all)
      try file.append(parquet.head)
      try run.forEach { record in
        parquet.add(record)
        if parquet.rows == groupSize { try file.append(parquet.finishGroup()) }
      }
      if parquet.rows > 0 { try file.append(parquet.finishGroup()) }
      try file.append(parquet.finish())
    }
  }

  private static func write(to path: String, _ body: (AtomicFile) throws -> Void) throws {
    do {
      try AtomicFile.write(to: URL(fileURLWithPath: path), body)
    } catch let fault as FileFault {
      throw EvaluationError.cannotWrite(path: path, reason: fault.reason)
    }
  }
}
