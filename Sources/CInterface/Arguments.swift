/// The pointer that a caller must give.
func given<Pointer>(_ pointer: Pointer?, _ name: String) throws(CallError) -> Pointer {
  guard let pointer else { throw .badArgument("\(name) is null") }
  return pointer
}

/// The text that a caller must give.
func text(_ bytes: UnsafePointer<CChar>?, _ name: String) throws(CallError) -> String {
  guard let text = String(validatingCString: try given(bytes, name)) else {
    throw .badArgument("\(name) is not UTF-8")
  }
  return text
}

/// Holds the size of a caller's buffer against the one that it must have.
func check(_ count: Int64, is expected: Int, _ name: String) throws(CallError) {
  guard count == Int64(expected) else {
    throw .badArgument("\(name) has \(count) elements where this batch takes \(expected)")
  }
}

/// Writes a text with a final zero into a caller's buffer, or tells how much it needs.
func write(
  _ text: String, to buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) throws(CallError) {
  var text = text
  let needed = text.utf8.count
  length?.pointee = Int64(needed)
  guard let buffer, capacity > Int64(needed) else { throw .tooSmall(needed: needed) }
  text.withUTF8 { bytes in
    for (index, byte) in bytes.enumerated() { buffer[index] = CChar(bitPattern: byte) }
  }
  buffer[needed] = 0
}
