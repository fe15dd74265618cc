/// One thing that is wrong with a file: where, what, and how to mend it.
public struct YAMLComplaint: Hashable, Sendable {
  /// Path of the file, relative to the root that was loaded where possible.
  public var file: String
  /// Line number from 1; nil where the trouble is the whole file.
  public var line: Int?
  /// Where in the file's tree, such as `parts[2].shape`; empty for the whole file.
  public var key: String
  public var problem: String
  public var mend: String

  public init(file: String, line: Int? = nil, key: String = "", problem: String, mend: String) {
    self.file = file
    self.line = line
    self.key = key
    self.problem = problem
    self.mend = mend
  }
}

extension YAMLComplaint: CustomStringConvertible {
  public var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return "\(place): \(key.isEmpty ? "" : "\(key): ")\(problem); \(mend)"
  }
}

/// Files that cannot be used, with everything that is wrong with them.
public struct YAMLError: Error, Hashable, Sendable {
  /// In the order of files and lines; never empty.
  public let complaints: [YAMLComplaint]

  /// So many complaints are printed; further ones are counted.
  static let mostPrinted = 40

  public init(_ complaint: YAMLComplaint) { complaints = [complaint] }

  public init(
    file: String, line: Int? = nil, key: String = "", problem: String, mend: String
  ) {
    self.init(YAMLComplaint(file: file, line: line, key: key, problem: problem, mend: mend))
  }

  /// nil where there is nothing to complain of.
  public init?(_ complaints: [YAMLComplaint]) {
    guard !complaints.isEmpty else { return nil }
    self.complaints = complaints
  }
}

extension YAMLError: CustomStringConvertible {
  /// A line a complaint.
  public var description: String {
    var lines = complaints.prefix(Self.mostPrinted).map(\.description)
    if complaints.count > Self.mostPrinted {
      lines.append("and \(complaints.count - Self.mostPrinted) more complaints of these files")
    }
    return lines.joined(separator: "\n")
  }
}
