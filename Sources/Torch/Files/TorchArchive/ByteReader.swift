/// Takes little-endian numbers and runs of bytes one after the other, and refuses to read past the end.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  /// What the bytes are, for messages.
  let subject: String
  private(set) var position: Int

  init(_ bytes: UnsafeRawBufferPointer, _ subject: String, at position: Int = 0) {
    self.bytes = bytes
    self.subject = subject
    self.position = position
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// The next number; one of 64 bits that is not an `Int` is refused.
  mutating func integer<Stored: FixedWidthInteger>(
    _ type: Stored.Type
  ) throws(TorchError) -> Int {
    let run = try run(MemoryLayout<Stored>.size)
    let value = Stored(littleEndian: run.loadUnaligned(as: Stored.self))
    guard let value = Int(exactly: value) else { throw failure("a number is too large") }
    return value
  }

  mutating func run(_ count: Int) throws(TorchError) -> UnsafeRawBufferPointer {
    guard position >= 0, count >= 0, position <= bytes.count, count <= bytes.count - position
    else { throw failure("\(count) more bytes are needed, the file ends before") }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  mutating func text(_ count: Int) throws(TorchError) -> String {
    guard let text = String(validating: try run(count), as: UTF8.self) else {
      throw failure("a text is not valid UTF-8")
    }
    return text
  }

  /// The text up to the next line feed, which is taken too.
  mutating func line() throws(TorchError) -> String {
    guard position <= bytes.count,
      let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n"))
    else { throw failure("a line does not end") }
    let text = try text(end - position)
    position = end + 1
    return text
  }

  func failure(_ message: String) -> TorchError {
    TorchError("\(subject), byte \(position): \(message)")
  }
}
