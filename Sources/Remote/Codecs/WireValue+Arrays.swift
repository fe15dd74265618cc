import Foundation
import ImageFiles

extension WireValue {
  /// This value with every map that stands for an array or a picture, in whichever form, made one.
  ///
  /// Nothing is ever unpickled: arrays of objects are refused.
  ///
  /// - Parameter form: is told the form of the arrays that were found.
  func findingArrays(form: inout ArrayForm?) throws(CodecError) -> WireValue {
    switch self {
    case .list(let parts):
      var found: [WireValue] = []
      found.reserveCapacity(parts.count)
      for part in parts { found.append(try part.findingArrays(form: &form)) }
      return .list(found)
    case .map(let entries):
      if let array = try asArray(form: &form) { return array }
      var found: [Entry] = []
      found.reserveCapacity(entries.count)
      for entry in entries {
        found.append(Entry(key: entry.key, value: try entry.value.findingArrays(form: &form)))
      }
      return .map(found)
    default: return self
    }
  }

  func findingArrays() throws(CodecError) -> WireValue {
    var form: ArrayForm?
    return try findingArrays(form: &form)
  }

  private func asArray(form: inout ArrayForm?) throws(CodecError) -> WireValue? {
    if let marker = self["__ndarray__"] {
      if case .text(let base64) = marker {
        form = .roboEvals
        return .array(try array(type: "dtype", data: try Self.bytes(ofBase64: base64)))
      }
      form = hasTextKeys ? .vlaEval : .openpi
      return .array(try array(type: "dtype", data: try data(under: "data")))
    }
    if let base64 = self["__numpy__"]?.string {
      form = .jsonNumPy
      return .array(try array(type: "dtype", data: try Self.bytes(ofBase64: base64)))
    }
    if let isArray = self["nd"]?.bool, self["type"] != nil, self["data"] != nil {
      form = .msgpackNumPy
      guard isArray else {
        return try scalar(type: "type", data: data(under: "data"))
      }
      if let kind = self["kind"]?.string, !kind.isEmpty {
        throw CodecError(format: "array", reason: "elements of kind \(kind) are never read")
      }
      return .array(try array(type: "type", data: try data(under: "data")))
    }
    if self["__ndarray_class__"] != nil {
      form = .npyFile
      return .array(try NPYFile.array(of: try data(under: "as_npy")))
    }
    if self["__image__"] != nil {
      form = .vlaEval
      return .array(try picture())
    }
    if self["__npgeneric__"] != nil, let value = self["data"] { return value }
    return nil
  }

  private var hasTextKeys: Bool {
    guard case .map(let entries) = self, case .text? = entries.first?.key else { return false }
    return true
  }

  private func array(type key: String, data: [UInt8]) throws(CodecError) -> NumericArray {
    guard let text = self[key]?.string else {
      throw CodecError(format: "array", reason: "no \(key)")
    }
    return try NumericArray(type: try ElementType(text), shape: try shape(), bytes: data)
  }

  /// The `shape` of a map that stands for an array.
  private func shape() throws(CodecError) -> [Int] {
    guard case .list(let sides)? = self["shape"] else {
      throw CodecError(format: "array", reason: "no shape")
    }
    let shape = sides.compactMap(\.int)
    guard shape.count == sides.count else {
      throw CodecError(format: "array", reason: "a shape that is no list of whole numbers")
    }
    return shape
  }

  private func scalar(type key: String, data: [UInt8]) throws(CodecError) -> WireValue {
    guard let text = self[key]?.string else {
      throw CodecError(format: "array", reason: "no \(key)")
    }
    let array = try NumericArray(type: try ElementType(text), shape: [], bytes: data)
    return .number(array.values[0])
  }

  private func data(under key: String) throws(CodecError) -> [UInt8] {
    guard case .bytes(let bytes)? = self[key] else {
      throw CodecError(
        format: "array", reason: "\(key) is \(self[key]?.kind ?? "missing"), not bytes")
    }
    return bytes
  }

  private static func bytes(ofBase64 text: String) throws(CodecError) -> [UInt8] {
    guard let data = Data(base64Encoded: text) else {
      throw CodecError(format: "array", reason: "data that is not base64")
    }
    return [UInt8](data)
  }

  private func picture() throws(CodecError) -> NumericArray {
    let data = try data(under: "data")
    switch self["format"]?.string {
    case "raw": return try array(type: "dtype", data: data)
    case "png", "jpeg":
      do {
        let picture =
          self["format"]?.string == "png"
          ? try PNG.decoded(Data(data), path: "a PNG image")
          : try JPEG.decoded(Data(data), path: "a JPEG image")
        return try NumericArray(
          pixels: picture.pixels, height: picture.height, width: picture.width)
      } catch let error as CodecError {
        throw error
      } catch {
        throw CodecError(format: "image", reason: String(describing: error))
      }
    case let other:
      throw CodecError(
        format: "image", reason: "format \(other ?? "nothing"); png, jpeg and raw are read")
    }
  }
}
