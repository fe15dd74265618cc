import Files
import Foundation

/// Writes what a policy's server is asked and answers, line by line, so that a process killed at any moment leaves a
/// file that can be read.
///
/// `@unchecked`: the state is under the lock.
public final class TrafficRecorder: @unchecked Sendable {
  private let lock = NSLock()
  private let descriptor: Int32
  private let path: String
  private var fault: FileFault?

  /// Begins a file, or goes on with one of the same dialect, adapter and greeting.
  ///
  /// - Throws: `RemoteError.unfit` where the file that is there is of something else; `InputFileError` where it is no
  ///   recording; `FileFault` where it cannot be written.
  public init(to path: String, header: TrafficHeader) throws {
    self.path = path
    let isNew = !FileContents.exists(path)
    let found = isNew ? nil : try TrafficRecording(contentsOf: path).header
    if let found, found != header {
      throw RemoteError.unfit(
        path,
        reason:
          "it holds the traffic of another server, dialect or adapter (\(found.dialect.rawValue), "
          + "\(found.adapter)); give another name")
    }
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFault(path, .write) }
    if isNew {
      write(Self.line(of: header))
      try finish()
    } else {
      try goOn()
    }
  }

  deinit { close(descriptor) }

  /// Goes on after the last whole line.
  private func goOn() throws(FileFault) {
    let bytes = try FileContents.read(path, limit: TrafficRecording.largestFile)
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    guard ftruncate(descriptor, off_t(end)) == 0, lseek(descriptor, 0, SEEK_END) == off_t(end)
    else { throw FileFault(path, .write) }
  }

  /// An episode begins; what was recorded of it before, in an attempt that was given up, no longer counts.
  func begin(_ episode: String) { write(["begin": episode]) }

  func record(_ question: TrafficQuestion, in episode: String?, _ answer: TrafficRecording.Answer) {
    var line: [String: Any] = ["question": question.parts]
    line["episode"] = episode
    switch answer {
    case .failure(let reason): line["failure"] = reason
    case .value(let value):
      guard let bytes = try? MessagePackWriter.bytes(of: value, arrays: .openpi) else { return }
      line["answer"] = Data(bytes).base64EncodedString()
    }
    write(line)
  }

  /// Whether everything was written.
  ///
  /// - Throws: `FileFault` of the first line that could not be.
  public func finish() throws(FileFault) {
    if let fault = lock.withLock({ fault }) { throw fault }
  }

  private static func line(of header: TrafficHeader) -> [String: Any] {
    let greeting = (try? MessagePackWriter.bytes(of: header.greeting, arrays: .openpi)) ?? [0x80]
    return [
      "trestle_traffic": TrafficRecording.version, "dialect": header.dialect.rawValue,
      "adapter": header.adapter, "adapter_file": header.adapterText,
      "greeting": Data(greeting).base64EncodedString(),
    ]
  }

  /// Nothing more is written after a failure: a line in the middle would be missing.
  private func write(_ line: [String: Any]) {
    guard
      var bytes = try? JSONSerialization.data(
        withJSONObject: line, options: [.sortedKeys, .withoutEscapingSlashes])
    else { return }
    bytes.append(UInt8(ascii: "\n"))
    lock.withLock {
      guard fault == nil else { return }
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes {
          Foundation.write(descriptor, $0.baseAddress, $0.count)
        }
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else {
          fault = FileFault(path, .write)
          return
        }
        rest = rest.dropFirst(written)
      }
    }
  }
}
