import Foundation

/// Names of policies and episodes as names of files.
public enum FileName {
  /// A text in letters, digits, `.`, `_` and `-`; every other byte is `%` and two hexadecimal digits, and so is a dot in
  /// front, which would hide the file or lead to another folder.
  public static func escaped(_ text: String) -> String {
    var name = ""
    for (place, byte) in text.utf8.enumerated() {
      let isPlain =
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        case UInt8(ascii: "."): place > 0
        default: false
        }
      if isPlain {
        name.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        name += "%" + String(repeating: "0", count: 2 - digits.count) + digits
      }
    }
    return name.isEmpty ? "%" : name
  }

  /// Removes the files `….partial-PID` under a folder that no living process writes.
  public static func removeUnfinished(in folder: String) {
    let files = FileManager.default.enumerator(atPath: folder)
    while let name = files?.nextObject() as? String {
      guard let mark = name.range(of: ".partial-", options: .backwards) else { continue }
      guard let writer = Int32(name[mark.upperBound...]), writer > 0 else { continue }
      // A number of a process may have been given again, to this one too.
      if writer == getpid() || kill(writer, 0) != 0 && errno == ESRCH {
        unlink("\(folder)/\(name)")
      }
    }
  }
}
