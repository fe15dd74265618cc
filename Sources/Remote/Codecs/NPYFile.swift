/// The file of one array that `numpy.save` writes
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
enum NPYFile {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Version 1.0, padded to a multiple of 64 bytes as NumPy does it.
  static func bytes(of array: NumericArray) -> [UInt8] {
    let sides = array.shape.map(String.init).joined(separator: ", ")
    let shape = array.shape.count == 1 ? "(\(sides),)" : "(\(sides))"
    let text =
      "{'descr': '\(array.type.descriptor)', 'fortran_order': False, 'shape': \(shape), }"
    let unpadded = magic.count + 4 + text.utf8.count + 1
    let padding = (64 - unpadded % 64) % 64
    let header = Array(text.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0a]
    let size = UInt16(header.count)
    return magic + [1, 0, UInt8(size & 0xff), UInt8(size >> 8)] + header + array.bytes
  }

  /// - Throws: `CodecError` where it is no such file, holds objects, or is in Fortran's order with several dimensions.
  static func array(of file: [UInt8]) throws(CodecError) -> NumericArray {
    guard file.count >= 12, file.starts(with: magic), (1...3).contains(file[6]) else {
      throw CodecError(format: "npy", reason: "no file of numpy.save")
    }
    let isShort = file[6] == 1
    let start = isShort ? 10 : 12
    let size = file[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard size <= file.count - start,
      let header = String(validating: file[start..<start + size], as: UTF8.self)
    else { throw CodecError(format: "npy", reason: "the header is cut off") }
    guard let type = text(after: "'descr':", in: header), let first = type.first,
      first == "'" || first == "\"",
      let order = text(after: "'fortran_order':", in: header),
      let shapeText = text(after: "'shape':", in: header), shapeText.first == "(",
      let end = shapeText.firstIndex(of: ")")
    else { throw CodecError(format: "npy", reason: "a header without type, order or shape") }
    let descriptor = type.dropFirst().prefix { $0 != first }
    let sides = shapeText[..<end].dropFirst().split(separator: ",")
      .map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    let shape = sides.compactMap { Int($0) }
    guard shape.count == sides.count else {
      throw CodecError(format: "npy", reason: "a shape that is no list of whole numbers")
    }
    guard !order.hasPrefix("True") || shape.count < 2 else {
      throw CodecError(format: "npy", reason: "Fortran's order; save numpy.ascontiguousarray(…)")
    }
    return try NumericArray(
      type: try ElementType(String(descriptor)), shape: shape,
      bytes: Array(file[(start + size)...]))
  }

  private static func text(after key: String, in header: String) -> Substring? {
    guard let range = header.firstRange(of: key) else { return nil }
    return header[range.upperBound...].drop { $0 == " " }
  }
}
