import Foundation
import InputFiles
import RandomNumbers

/// A recording's file: JSON, a line for each exchange after one for the header.
///
/// ```json
/// {"adapter":"mine","adapter_file":"dialect: openpi…","dialect":"openpi","greeting":"gA==","trestle_traffic":1}
/// {"begin":"0123456789abcdef"}
/// {"answer":"gadhY3Rpb25z…","episode":"0123456789abcdef","question":{"observation/image":"9f…","prompt":"1c…"}}
/// {"failure":"the server reports: out of memory","question":{"prompt":"77…"}}
/// ```
///
/// Answers are MessagePack in Base64, arrays in openpi's form. An episode that begins anew takes the place of what was
/// recorded of it before. What follows the last line's end was cut off while it was written, and is not read.
extension TrafficRecording {
  static let version = 1
  /// The most bytes of a file.
  static let largestFile = 1 << 30

  /// Reads a file.
  ///
  /// - Throws: `InputFileError` that names the line.
  public init(contentsOf path: String) throws(InputFileError) {
    let data = try InputFile.data(at: URL(fileURLWithPath: path), limit: Self.largestFile)
    try self.init(data, named: path)
  }

  init(_ data: Data, named name: String) throws(InputFileError) {
    var header: TrafficHeader?
    var exchanges: [Exchange] = []
    // Where in the exchanges each episode began last.
    var starts: [String: Int] = [:]
    for (index, bytes) in Self.lines(of: data).enumerated() {
      let line = try TrafficLine(bytes, number: index + 1, of: name)
      if header == nil {
        header = try line.header()
      } else if let episode = try line.beginning() {
        starts[episode] = exchanges.count
      } else {
        exchanges.append(try line.exchange())
      }
    }
    guard let header else {
      throw InputFileError(
        path: name, reason: "line 1: it is empty, or was cut off there; record it anew")
    }
    let standing = exchanges.indices.filter { index in
      exchanges[index].episode.flatMap { starts[$0] }.map { index >= $0 } ?? true
    }
    var digest = StableHash()
    data.withUnsafeBytes { digest.combine(words: $0) }
    self.init(
      name: name, digest: digest.hexadecimal, header: header,
      exchanges: standing.map { exchanges[$0] })
  }

  /// The whole lines of a file, without their ends.
  private static func lines(of data: Data) -> [Data] {
    var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    lines.removeLast()
    return lines
  }
}

/// One line of a recording, strictly read.
private struct TrafficLine {
  let document: JSONDocument
  let number: Int

  init(_ bytes: Data, number: Int, of name: String) throws(InputFileError) {
    self.number = number
    // A line is a document of its own, whose errors all speak of a first line.
    do {
      document = try JSONDocument(bytes, path: "\(name) line \(number)")
    } catch {
      throw InputFileError(
        path: error.path,
        reason: error.reason.replacingOccurrences(of: "line 1: ", with: ""))
    }
  }

  func header() throws(InputFileError) -> TrafficHeader {
    guard document.root["trestle_traffic"] == .integer(TrafficRecording.version) else {
      throw failure("it is no recording of traffic of version \(TrafficRecording.version)")
    }
    try check(["trestle_traffic", "dialect", "adapter", "adapter_file", "greeting"])
    let name = try text("dialect")
    guard let dialect = Dialect(rawValue: name) else {
      throw failure(
        "dialect '\(name)' is none of "
          + Dialect.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return TrafficHeader(
      dialect: dialect, adapter: try text("adapter"), adapterText: try text("adapter_file"),
      greeting: try message("greeting"))
  }

  /// The episode that begins with this line; nil for a line that is an exchange.
  func beginning() throws(InputFileError) -> String? {
    guard document.root["begin"] != nil else { return nil }
    try check(["begin"])
    return try text("begin")
  }

  func exchange() throws(InputFileError) -> TrafficRecording.Exchange {
    try check(["episode", "question", "answer", "failure"])
    guard case .object(let members)? = document.root["question"] else {
      throw failure("it has no question; a line is a begin, or a question with its answer")
    }
    var parts: [String: String] = [:]
    for member in members {
      guard let digest = member.value.text, digest.count == 16, digest.allSatisfy(\.isHexDigit)
      else { throw failure("question '\(member.key)' is not 16 hexadecimal digits") }
      parts[member.key] = digest
    }
    let answer: TrafficRecording.Answer
    switch (document.root["answer"], document.root["failure"]) {
    case (_?, nil): answer = .value(try message("answer"))
    case (nil, _?): answer = .failure(try text("failure"))
    default: throw failure("it has both an answer and a failure, or neither")
    }
    return TrafficRecording.Exchange(
      line: number, episode: document.root["episode"] == nil ? nil : try text("episode"),
      question: TrafficQuestion(parts: parts), answer: answer)
  }

  private func message(_ key: String) throws(InputFileError) -> WireValue {
    guard let bytes = Data(base64Encoded: try text(key)) else {
      throw failure("\(key) is not Base64")
    }
    do {
      return try MessagePackReader.value(of: [UInt8](bytes)).findingArrays()
    } catch { throw failure("\(key): \(error.description)") }
  }

  private func text(_ key: String) throws(InputFileError) -> String {
    guard let text = document.root[key]?.text else { throw failure("\(key) is not text") }
    return text
  }

  private func check(_ keys: [String]) throws(InputFileError) {
    try KnownKeys(obeyed: keys).check(document)
  }

  private func failure(_ reason: String) -> InputFileError {
    InputFileError(path: document.path, reason: reason)
  }
}
