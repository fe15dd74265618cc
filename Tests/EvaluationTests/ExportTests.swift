import EnvironmentInterface
import Foundation
import Testing

@testable import Evaluation

@Suite struct ExportTests {
  private var records: [EpisodeRecord] {
    sampleRecords("sfe\u{73}") + sampleRecords("fs", task: "a \"quoted\", task")
  }

  private func stream(_ folder: TemporaryFolder) throws -> EpisodeStream {
    let path = "\(folder.path)/episodes.jsonl"
    try EpisodeLines.encode(records).write(to: URL(fileURLWithPath: path))
    return try EpisodeStream(at: path)
  }

  @Test func aStreamGivesTheRecordsAndTheirSummary() throws {
    let folder = try TemporaryFolder()
    var found: [EpisodeRecord] = []
    let stream = try stream(folder)
    try stream.forEach { found.append($0) }
    #expect(found == records)
    #expect(try stream.summary() == Summary(of: records))
  }

  @Test func aLineThatIsLongerThanAPieceIsReadWhole() throws {
    let folder = try TemporaryFolder()
    var long = records
    long[1].episode.instruction = String(repeating: "lift the cup ", count: 60_000)
    let path = "\(folder.path)/episodes.jsonl"
    let text = try EpisodeLines.encode(long)
    try text.write(to: URL(fileURLWithPath: path))
    #expect(try RunFiles(at: path).records == long)
    try text.dropLast(1).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: EvaluationError.self) { try RunFiles(at: path) }
    #expect(error?.description.contains("episodes.jsonl:6: the last line is cut off") == true)
  }

  @Test func csvHasARowAnEpisode() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/episodes.csv"
    try EpisodeExport.writeCSV(stream(folder), to: path)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines[0].hasPrefix("episode,policy,kind,suite,task,index,seed,clean,factors,"))
    #expect(lines[5].contains("\"semantic/a \"\"quoted\"\", task#0@0\""))
  }

  /// Read back by a reader of its own: names, counts, and the values of three columns over two groups.
  @Test func parquetIsReadBack() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/episodes.parquet"
    try EpisodeExport.writeParquet(stream(folder), to: path, groupSize: 4)
    let file = try ParquetReader(Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(file.rows == 6)
    #expect(file.names == EpisodeColumn.all.map(\.name))
    #expect(file.groupRows == [4, 2])
    #expect(try file.integers("steps") == records.map { $0.steps })
    #expect(
      try file.integers("first_success_step") == records.compactMap { $0.firstSuccessStep })
    #expect(try file.texts("outcome") == records.map { $0.outcome.rawValue })
    #expect(try file.texts("error_message") == records.compactMap { $0.error?.message })
  }

  @Test func evalInfoHasLeRobotsShape() throws {
    let folder = try TemporaryFolder()
    let infos = try EvalInfo.all(in: stream(folder))
    try EvalInfo.write(infos, to: "\(folder.path)/eval_info")
    let data = try Data(
      contentsOf: URL(fileURLWithPath: "\(folder.path)/eval_info/openvla/eval_info.json"))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let tasks = try #require(object["per_task"] as? [[String: Any]])
    #expect(tasks.map { $0["task_group"] as? String } == ["semantic", "semantic"])
    #expect(tasks.map { $0["task_id"] as? Int } == [0, 1])
    let metrics = try #require(tasks[0]["metrics"] as? [String: Any])
    #expect(metrics["successes"] as? [Bool] == [true, false, false, true])
    #expect(metrics["max_rewards"] as? [Double] == [1, 0.5, 0.5, 1])
    let overall = try #require(object["overall"] as? [String: Any])
    #expect(overall["pc_success"] as? Double == 50)
    #expect(overall["n_episodes"] as? Int == 6)
    #expect((object["per_group"] as? [String: Any])?["semantic"] != nil)
  }
}

/// Reads what `ParquetEncoder` writes, from the format's specification and not from its code.
private struct ParquetReader {
  /// A value of Thrift's compact protocol.
  indirect enum Value {
    case integer(Int)
    case bytes(Data)
    case list([Value])
    case structure([Int: Value])

    subscript(field: Int) -> Value? {
      if case .structure(let fields) = self { return fields[field] }
      return nil
    }
    var integer: Int { if case .integer(let value) = self { value } else { -1 } }
    var list: [Value] { if case .list(let values) = self { values } else { [] } }
    var text: String {
      if case .bytes(let data) = self { String(decoding: data, as: UTF8.self) } else { "" }
    }
  }

  private let bytes: [UInt8]
  private let metadata: Value

  init(_ data: Data) throws {
    bytes = Array(data)
    #expect(bytes.starts(with: Array("PAR1".utf8)) && bytes.suffix(4) == Array("PAR1".utf8)[...])
    let end = bytes.count - 8
    let length = bytes[end..<end + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    var place = end - length
    metadata = Self.structure(bytes, &place)
    #expect(place == end)
  }

  var rows: Int { metadata[3]?.integer ?? -1 }
  var names: [String] { (metadata[2]?.list ?? []).dropFirst().map { $0[4]?.text ?? "" } }
  var groupRows: [Int] { (metadata[4]?.list ?? []).map { $0[3]?.integer ?? -1 } }

  func integers(_ name: String) throws -> [Int] {
    try values(name) { place in
      defer { place += 8 }
      return bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
  }

  func texts(_ name: String) throws -> [String] {
    try values(name) { place in
      let length = bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
      defer { place += 4 + length }
      return String(decoding: bytes[place + 4..<place + 4 + length], as: UTF8.self)
    }
  }

  private func values<Element>(_ name: String, _ read: (inout Int) -> Element) throws -> [Element] {
    let column = try #require(names.firstIndex(of: name))
    let isOptional = metadata[2]?.list[column + 1][3]?.integer == 1
    return (metadata[4]?.list ?? []).flatMap { group -> [Element] in
      let chunk = group[1]?.list[column][3]
      var place = chunk?[9]?.integer ?? 0
      let end = place + (chunk?[7]?.integer ?? 0)
      let header = Self.structure(bytes, &place)
      #expect(place + (header[3]?.integer ?? 0) == end)
      if isOptional {
        place += 4 + bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
      }
      var values: [Element] = []
      while place < end { values.append(read(&place)) }
      return values
    }
  }

  private static func variable(_ bytes: [UInt8], _ place: inout Int) -> Int {
    var (value, shift) = (0, 0)
    while true {
      let byte = bytes[place]
      place += 1
      value |= Int(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 { return value }
    }
  }

  private static func structure(_ bytes: [UInt8], _ place: inout Int) -> Value {
    var fields: [Int: Value] = [:]
    var field = 0
    while bytes[place] != 0 {
      field += Int(bytes[place] >> 4)
      let kind = bytes[place] & 0x0F
      place += 1
      fields[field] = value(kind, bytes, &place)
    }
    place += 1
    return .structure(fields)
  }

  private static func value(_ kind: UInt8, _ bytes: [UInt8], _ place: inout Int) -> Value {
    switch kind {
    case 5, 6:
      let folded = variable(bytes, &place)
      return .integer(folded >> 1 ^ -(folded & 1))
    case 8:
      let length = variable(bytes, &place)
      defer { place += length }
      return .bytes(Data(bytes[place..<place + length]))
    case 9:
      let head = bytes[place]
      place += 1
      let count = head >> 4 == 15 ? variable(bytes, &place) : Int(head >> 4)
      return .list((0..<count).map { _ in value(head & 0x0F, bytes, &place) })
    default: return structure(bytes, &place)
    }
  }
}
