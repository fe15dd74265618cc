/// What has been found wrong with a document so far: readers add to it and go on, so that one message says everything.
final class YAMLComplaints {
  private(set) var all: [YAMLComplaint] = []
  /// What is kept of one file: more would only say how broken it is.
  private static let most = 200

  /// Adds a complaint, unless one of its parts has been complained of: what follows from a mistake is not said again.
  func add(_ complaint: YAMLComplaint) {
    guard all.count < Self.most, !all.contains(where: { $0.isWithin(complaint) }) else { return }
    all.append(complaint)
  }

  /// The complaints in the order of their lines.
  var error: YAMLError? {
    let sorted = all.enumerated().sorted {
      ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset)
    }
    return YAMLError(sorted.map(\.element))
  }
}

extension YAMLComplaint {
  /// Whether it speaks of the same place as another complaint, or of a part of that place.
  fileprivate func isWithin(_ other: YAMLComplaint) -> Bool {
    guard file == other.file, key.hasPrefix(other.key) else { return false }
    if other.key.isEmpty { return line != nil && !key.isEmpty || self == other }
    guard let next = key.dropFirst(other.key.count).first else { return true }
    return next == "." || next == "["
  }
}
