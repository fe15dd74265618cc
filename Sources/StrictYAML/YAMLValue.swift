import Yams

/// A value of a YAML file that knows where it stands, so that every complaint names file, line and key.
///
/// Reading is strict: a mapping is asked for its keys by name and a key that nobody knows is an error, since a
/// misspelt key that is silently ignored corrupts a benchmark. Functions that throw stop at the first mistake of what they read;
/// those that take a stand-in (`read`, `YAMLMapping.number(_:within:)`) record a mistake and go on, so that
/// `YAMLDocument.read` can throw all mistakes of a file at once.
public struct YAMLValue {
  let node: Node
  /// The file as complaints call it.
  public let file: String
  /// Where in the file's tree, such as `parts[2].shape`; empty for the root.
  public let key: String
  let complaints: YAMLComplaints

  /// Line number from 1.
  public var line: Int? { node.mark?.line }

  public var isList: Bool { if case .sequence = node { true } else { false } }
  public var isMapping: Bool { if case .mapping = node { true } else { false } }
  public var isScalar: Bool { if case .scalar = node { true } else { false } }

  /// Where it stands, for complaints when the document is closed.
  public var place: FilePlace { FilePlace(file: file, line: line, key: key) }

  // MARK: - Complaints

  /// An error about this value.
  public func error(_ problem: String, mend: String) -> YAMLError {
    YAMLError(place.complaint(problem, mend: mend))
  }

  /// Records that something is wrong with this value, unless it is already known of one of its parts.
  public func complain(_ problem: String, mend: String) {
    record(error(problem, mend: mend))
  }

  /// Records what an error says.
  public func record(_ error: YAMLError) {
    for complaint in error.complaints { complaints.add(complaint) }
  }

  /// Whether nothing has been found wrong with the document so far.
  public var isSoundSoFar: Bool { complaints.all.isEmpty }

  /// What `body` makes of this value, or the stand-in where that is a mistake, which is recorded.
  @discardableResult
  public func read<Result>(
    or standIn: @autoclosure () -> Result, _ body: (YAMLValue) throws -> Result
  ) -> Result {
    do {
      return try body(self)
    } catch let error as YAMLError {
      record(error)
    } catch {
      complain("\(error)", mend: "mend that")
    }
    return standIn()
  }
}
