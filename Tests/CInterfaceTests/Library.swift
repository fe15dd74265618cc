import CInterface
import CTrestle
import Environments
import Foundation
import Testing

/// The package's own scenes, opened as a caller in C opens them and read in Swift beside that.
enum Library {
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path()

  private static let opened = Result {
    var simulator: trestle_handle = 0
    try #require(trestle_open(root, 2, &simulator) == TRESTLE_OK, "\(lastError)")
    return simulator
  }

  private static let loaded = Result { try TabletopEnvironment(root: root) }

  static func simulator() throws -> trestle_handle { try opened.get() }

  static func environment() throws -> TabletopEnvironment { try loaded.get() }

  static func batch(slots: Int32 = 2) throws -> trestle_handle {
    var batch: trestle_handle = 0
    try #require(
      trestle_make(simulator(), "widowx-kitchen", slots, &batch) == TRESTLE_OK, "\(lastError)")
    return batch
  }

  static var lastError: String { (try? text { trestle_last_error($0, $1, $2) }) ?? "" }

  /// A text as the library writes it: once to be told its length, once to get it.
  static func text(
    _ write: (UnsafeMutablePointer<CChar>?, Int64, UnsafeMutablePointer<Int64>?) -> trestle_status
  ) throws -> String {
    var length: Int64 = -1
    let first = write(nil, 0, &length)
    try #require(first == TRESTLE_TOO_SMALL, "status \(first)")
    var bytes = [CChar](repeating: 1, count: Int(length) + 1)
    try #require(write(&bytes, length + 1, &length) == TRESTLE_OK)
    try #require(bytes.last == 0)
    return String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func object(
    _ write: (UnsafeMutablePointer<CChar>?, Int64, UnsafeMutablePointer<Int64>?) -> trestle_status
  ) throws -> [String: Any] {
    let text = try text(write)
    return try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
  }
}
