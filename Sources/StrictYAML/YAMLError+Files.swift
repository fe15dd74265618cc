import Files
import Foundation
import Yams

extension YAMLError {
  /// A file that could not be read, which complaints call `name`.
  init(_ fault: FileFault, file name: String) {
    let path = fault.path
    let (problem, mend) =
      switch fault.cause {
      case .system(ENOENT), .system(ENOTDIR):
        ("the file is missing", "check that it exists at \(path)")
      case .system(EACCES), .system(EPERM): ("the file may not be read", "allow reading \(path)")
      case .system(ELOOP): ("symbolic links go in a circle", "let \(path) point at a file")
      case .system: ("the file cannot be read: \(fault.reason)", "check \(path)")
      case .irregular: ("this is no regular file", "put a YAML file at \(path)")
      case .larger(let limit):
        (
          "the file is larger than \(limit) bytes",
          "split it, or take away what does not belong there"
        )
      case .pointer:
        (
          "the file is a Git LFS pointer, not the data it stands for",
          "fetch the data with `git lfs pull`"
        )
      }
    self.init(file: name, problem: problem, mend: mend)
  }

  /// What Yams could not parse, in one line.
  init(unparsable error: YamlError, file: String) {
    let mend = "mend the YAML syntax there"
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(file: file, line: mark.line, problem: "not YAML: \(problem)", mend: mend)
    case .reader(let problem, let offset, _, let text):
      let line = offset.map { text.prefix($0).count { $0.isNewline } + 1 }
      self.init(
        file: file, line: line, problem: "not YAML: \(problem)", mend: "remove the character")
    case .duplicatedKeysInMapping(let duplicates, let context):
      self.init(
        file: file, line: context.mark.line, key: duplicates.joined(separator: ", "),
        problem: "the key occurs twice", mend: "keep one of them")
    default:
      self.init(file: file, problem: "not YAML: \(error)", mend: mend)
    }
  }
}
