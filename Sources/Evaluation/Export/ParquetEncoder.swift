import Foundation

/// Writes flat tables as Apache Parquet: plain encoding, no compression, one page per column and row group.
///
/// By the format's specification (github.com/apache/parquet-format, README and parquet.thrift): `PAR1`, column chunks,
/// the metadata in Thrift's compact protocol, its length, `PAR1`.
struct ParquetEncoder {
  private let columns: [EpisodeColumn]
  private var pages: [Page]
  private var groups: [Group] = []
  /// Where the next byte goes.
  private var offset: Int
  /// Rows of the group in the making.
  private(set) var rows = 0

  private static let magic = Data("PAR1".utf8)

  init(columns: [EpisodeColumn]) {
    self.columns = columns
    pages = columns.map { _ in Page() }
    offset = Self.magic.count
  }

  /// The first bytes of the file.
  var head: Data { Self.magic }

  mutating func add(_ record: EpisodeRecord) {
    for index in columns.indices { pages[index].add(columns[index].value(record)) }
    rows += 1
  }

  /// The bytes of the group of all rows since the last one.
  mutating func finishGroup() -> Data {
    var bytes = Data()
    var chunks: [Chunk] = []
    for (column, page) in zip(columns, pages) {
      let content = page.content(isOptional: column.isOptional, rows: rows)
      let header = Self.pageHeader(of: content.count, rows: rows)
      chunks.append(Chunk(offset: offset + bytes.count, size: header.count + content.count))
      bytes += header + content
    }
    groups.append(Group(rows: rows, chunks: chunks))
    offset += bytes.count
    rows = 0
    pages = columns.map { _ in Page() }
    return bytes
  }

  /// The last bytes of the file.
  func finish() -> Data {
    let metadata = self.metadata()
    var bytes = metadata
    bytes.appendLittleEndian(UInt32(metadata.count))
    return bytes + Self.magic
  }

  // MARK: - Parts

  /// The values of a column and which rows have one.
  private struct Page {
    private var values = Data()
    private var flags: [Bool] = []
    private var isPresent: [Bool] = []

    mutating func add(_ value: EpisodeColumn.Value) {
      switch value {
      case .text(let text):
        isPresent.append(text != nil)
        guard let bytes = text.map({ Data($0.utf8) }) else { return }
        values.appendLittleEndian(UInt32(bytes.count))
        values += bytes
      case .integer(let number):
        isPresent.append(number != nil)
        if let number { values.appendLittleEndian(UInt64(bitPattern: Int64(number))) }
      case .number(let number):
        isPresent.append(true)
        values.appendLittleEndian(number.bitPattern)
      case .flag(let isTrue):
        isPresent.append(true)
        flags.append(isTrue)
      }
    }

    /// Levels first where a row may have no value, then the values.
    func content(isOptional: Bool, rows: Int) -> Data {
      let content = flags.isEmpty ? values : Self.packed(flags)
      guard isOptional else { return content }
      let levels = Self.runs(of: isPresent)
      var bytes = Data()
      bytes.appendLittleEndian(UInt32(levels.count))
      return bytes + levels + content
    }

    /// Eight flags a byte, the first in the lowest bit.
    private static func packed(_ flags: [Bool]) -> Data {
      var bytes = Data(count: (flags.count + 7) / 8)
      for (index, flag) in flags.enumerated() where flag { bytes[index / 8] |= 1 << (index % 8) }
      return bytes
    }

    /// Levels 0 and 1 as runs: a length, shifted left by one, and the level in a byte.
    private static func runs(of levels: [Bool]) -> Data {
      var writer = CompactWriter()
      var start = 0
      while start < levels.count {
        var end = start
        while end < levels.count, levels[end] == levels[start] { end += 1 }
        writer.variable(UInt64(end - start) << 1)
        writer.byte(levels[start] ? 1 : 0)
        start = end
      }
      return writer.bytes
    }
  }

  private struct Chunk {
    let offset: Int
    let size: Int
  }

  private struct Group {
    let rows: Int
    let chunks: [Chunk]
  }

  /// Numbers of parquet.thrift.
  private enum Code {
    static let plain = 0
    static let runLength = 3
    static let utf8 = 0

    static func type(_ kind: EpisodeColumn.Kind) -> Int {
      switch kind {
      case .flag: 0
      case .integer: 2
      case .number: 5
      case .text: 6
      }
    }
  }

  private static func pageHeader(of size: Int, rows: Int) -> Data {
    var writer = CompactWriter()
    writer.integer(1, 0)  // a data page
    writer.integer(2, size)
    writer.integer(3, size)
    writer.structure(5) {
      $0.integer(1, rows)
      $0.integer(2, Code.plain)
      $0.integer(3, Code.runLength)
      $0.integer(4, Code.runLength)
    }
    writer.stop()
    return writer.bytes
  }

  private func metadata() -> Data {
    var writer = CompactWriter()
    writer.integer(1, 1)
    writer.structures(2, count: columns.count + 1) { writer, index in
      if index == 0 {
        writer.text(4, "episodes")
        writer.integer(5, columns.count)
      } else {
        let column = columns[index - 1]
        writer.integer(1, Code.type(column.kind))
        writer.integer(3, column.isOptional ? 1 : 0)
        writer.text(4, column.name)
        if column.kind == .text { writer.integer(6, Code.utf8) }
      }
    }
    writer.long(3, groups.reduce(0) { $0 + $1.rows })
    writer.structures(4, count: groups.count) { writer, index in
      let group = groups[index]
      writer.structures(1, count: columns.count) { writer, column in
        writer.long(2, group.chunks[column].offset)
        writer.structure(3) { describe(column, in: group, with: &$0) }
      }
      writer.long(2, group.chunks.reduce(0) { $0 + $1.size })
      writer.long(3, group.rows)
    }
    writer.text(6, "Trestle")
    writer.stop()
    return writer.bytes
  }

  private func describe(_ column: Int, in group: Group, with writer: inout CompactWriter) {
    writer.integer(1, Code.type(columns[column].kind))
    writer.integers(2, [Code.plain, Code.runLength])
    writer.texts(3, [columns[column].name])
    writer.integer(4, 0)  // not compressed
    writer.long(5, group.rows)
    writer.long(6, group.chunks[column].size)
    writer.long(7, group.chunks[column].size)
    writer.long(9, group.chunks[column].offset)
  }
}

extension Data {
  fileprivate mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
