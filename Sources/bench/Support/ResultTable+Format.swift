import Evaluation

extension ResultTable {
  /// The table as standard output gets it.
  func rendered(as format: RunCommand.TableFormat) throws -> String {
    switch format {
    case .text: text(width: Terminal.width)
    case .md: markdown()
    case .csv: csv()
    case .json: try json()
    case .junit: jUnit()
    }
  }
}
