/// A place in a file that something was read from, kept beside it for checks that need the whole of several files.
public struct FilePlace: Hashable, Sendable {
  public var file: String
  /// Line number from 1; nil for the whole file.
  public var line: Int?
  /// Where in the file's tree; empty for the whole file.
  public var key: String

  public init(file: String, line: Int? = nil, key: String = "") {
    self.file = file
    self.line = line
    self.key = key
  }

  public func complaint(_ problem: String, mend: String) -> YAMLComplaint {
    YAMLComplaint(file: file, line: line, key: key, problem: problem, mend: mend)
  }
}
