import Files
import Foundation

/// Files of a dataset, each written whole or not at all.
enum DatasetFiles {
  static func write(_ data: Data, to url: URL) throws(DatasetError) {
    try reporting(url) {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try AtomicFile.write(data, to: url)
    }
  }

  static func move(_ source: URL, to target: URL) throws(DatasetError) {
    try reporting(target) { try FileManager.default.moveItem(at: source, to: target) }
  }

  static func read(_ url: URL) throws(DatasetError) -> Data {
    var data = Data()
    try reporting(url) { data = try FileContents.read(url.path) }
    return data
  }

  static func size(of url: URL) throws(DatasetError) -> Int {
    var size = 0
    try reporting(url) {
      size = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int ?? 0
    }
    return size
  }

  /// The system's own reason where there is one, since Foundation's sentence often lacks it.
  private static func reporting(_ url: URL, _ body: () throws -> Void) throws(DatasetError) {
    do {
      try body()
    } catch let fault as FileFault {
      throw .file(path: fault.path, reason: fault.reason)
    } catch {
      let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
      let reason =
        underlying.map { String(cString: strerror(Int32($0.code))) } ?? error.localizedDescription
      throw .file(path: url.path, reason: reason)
    }
  }
}
