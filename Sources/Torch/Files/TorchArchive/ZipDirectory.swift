/// Where the files of a zip archive lie in it: enough of the format to read what `torch.save` writes.
///
/// `torch.save` stores without compression and with 64-bit sizes (PKWARE's APPNOTE, 4.3 and 4.5.3). Checksums are
/// not compared: PyTorch can be told to leave them out. Archives come from strangers, so every range is checked.
struct ZipDirectory {
  /// Bytes of the archive by name.
  private(set) var entries: [String: Range<Int>] = [:]

  init(_ bytes: UnsafeRawBufferPointer) throws(TorchError) {
    var (start, count) = try Self.directory(bytes)
    guard start >= 0, start <= bytes.count else {
      throw TorchError("zip: the directory begins at byte \(start) of \(bytes.count)")
    }
    var reader = ByteReader(bytes, "zip directory", at: start)
    while count > 0 {
      let (name, range) = try Self.entry(&reader)
      guard entries.updateValue(range, forKey: name) == nil else {
        throw reader.failure("\(name) appears twice")
      }
      count -= 1
    }
  }

  // MARK: - The end of the file

  private static let endLength = 22
  private static let locatorLength = 20

  /// Where the directory begins and how many entries it has.
  private static func directory(
    _ bytes: UnsafeRawBufferPointer
  ) throws(TorchError) -> (start: Int, count: Int) {
    let end = try endRecord(bytes)
    if end >= locatorLength {
      var locator = ByteReader(bytes, "zip locator", at: end - locatorLength)
      if try locator.integer(UInt32.self) == 0x0706_4b50 {
        _ = try locator.run(4)
        var record = ByteReader(bytes, "zip end record", at: try locator.integer(UInt64.self))
        guard try record.integer(UInt32.self) == 0x0606_4b50 else {
          throw record.failure("the 64-bit end record is not where the file says")
        }
        _ = try record.run(28)
        let count = try record.integer(UInt64.self)
        _ = try record.run(8)
        return (try record.integer(UInt64.self), count)
      }
    }
    var record = ByteReader(bytes, "zip end record", at: end + 10)
    let count = try record.integer(UInt16.self)
    _ = try record.run(4)
    return (try record.integer(UInt32.self), count)
  }

  /// The end record, which only a comment of up to 65,535 bytes may follow.
  private static func endRecord(_ bytes: UnsafeRawBufferPointer) throws(TorchError) -> Int {
    var place = bytes.count - endLength
    while place >= 0, place >= bytes.count - endLength - 0xffff {
      let signature = UInt32(
        littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      if signature == 0x0605_4b50 { return place }
      place -= 1
    }
    throw TorchError(
      "is no zip archive: torch.save of PyTorch 1.6 or later writes one; older files must be saved again"
    )
  }

  // MARK: - Entries

  private static func entry(
    _ reader: inout ByteReader
  ) throws(TorchError) -> (name: String, range: Range<Int>) {
    guard try reader.integer(UInt32.self) == 0x0201_4b50 else {
      throw reader.failure("an entry is not where the file says")
    }
    _ = try reader.run(4)
    let flags = try reader.integer(UInt16.self)
    let method = try reader.integer(UInt16.self)
    _ = try reader.run(8)
    var packed = try reader.integer(UInt32.self)
    var size = try reader.integer(UInt32.self)
    let nameLength = try reader.integer(UInt16.self)
    let extraLength = try reader.integer(UInt16.self)
    let commentLength = try reader.integer(UInt16.self)
    _ = try reader.run(8)
    var offset = try reader.integer(UInt32.self)
    let name = try reader.text(nameLength)
    let extra = try reader.run(extraLength)
    _ = try reader.run(commentLength)
    guard flags & 1 == 0, method == 0 else {
      throw reader.failure("\(name) is compressed or encrypted; torch.save stores plainly")
    }
    try widen(&size, &packed, &offset, extra)
    guard packed == size else { throw reader.failure("\(name) has two sizes") }

    var local = ByteReader(reader.bytes, "zip entry \(name)", at: offset)
    guard try local.integer(UInt32.self) == 0x0403_4b50 else {
      throw local.failure("its header is not where the directory says")
    }
    _ = try local.run(22)
    let skipped = try local.integer(UInt16.self)
    let localExtra = try local.integer(UInt16.self)
    _ = try local.run(skipped + localExtra)
    let start = local.position
    _ = try local.run(size)
    return (name, start..<start + size)
  }

  /// Takes the 64-bit values of the extra field for those that 32 bits don't hold.
  private static func widen(
    _ size: inout Int, _ packed: inout Int, _ offset: inout Int, _ extra: UnsafeRawBufferPointer
  ) throws(TorchError) {
    var reader = ByteReader(extra, "zip extra field")
    while !reader.isAtEnd {
      let kind = try reader.integer(UInt16.self)
      let field = try reader.run(try reader.integer(UInt16.self))
      guard kind == 1 else { continue }
      var values = ByteReader(field, "zip 64-bit field")
      if size == 0xffff_ffff { size = try values.integer(UInt64.self) }
      if packed == 0xffff_ffff { packed = try values.integer(UInt64.self) }
      if offset == 0xffff_ffff { offset = try values.integer(UInt64.self) }
    }
  }
}
