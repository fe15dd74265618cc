import Files

/// A run as the command line names it: `RUN`, or `RUN:POLICY` for one policy of it.
struct RunSide {
  let path: String
  let policy: String?

  /// A path that exists is a run as it stands, whatever colons are in it.
  init(_ text: String) {
    guard !FileContents.exists(text), let colon = text.lastIndex(of: ":"),
      case let path = String(text[..<colon]), FileContents.exists(path)
    else {
      (path, policy) = (text, nil)
      return
    }
    self.path = path
    policy = String(text[text.index(after: colon)...])
  }
}
