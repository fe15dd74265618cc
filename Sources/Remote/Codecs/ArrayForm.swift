import Foundation
import ImageFiles

/// How a dialect writes an array of numbers as a map.
public enum ArrayForm: String, Hashable, Sendable, CaseIterable {
  /// openpi's `msgpack_numpy`: `{b"__ndarray__": true, b"data", b"dtype", b"shape"}`.
  case openpi
  /// vla-eval: text keys; pictures are PNG: `{"__image__": true, "format", "data", "shape"}`.
  case vlaEval = "vla-eval"
  /// The library `msgpack_numpy`, which GR00T uses since N1.7: `{b"nd": true, b"type", b"kind", b"shape", b"data"}`.
  case msgpackNumPy = "msgpack-numpy"
  /// GR00T before N1.7: `{"__ndarray_class__": true, "as_npy": …}`, a file of `numpy.save`.
  case npyFile = "npy"
  /// The library json-numpy: `{"__numpy__": base64, "dtype", "shape"}`.
  case jsonNumPy = "json-numpy"
  /// robo-evals/1: `{"__ndarray__": base64, "dtype", "shape"}`, and lists for vectors.
  case roboEvals = "robo-evals"

  /// The map that stands for an array.
  func written(_ array: NumericArray) throws(CodecError) -> WireValue {
    let shape = WireValue.list(array.shape.map { .integer(Int64($0)) })
    let descriptor = WireValue.text(array.type.descriptor)
    func bytes(_ text: String) -> WireValue { .bytes(Array(text.utf8)) }
    switch self {
    case .openpi:
      return .map([
        .init(key: bytes("__ndarray__"), value: .bool(true)),
        .init(key: bytes("data"), value: .bytes(array.bytes)),
        .init(key: bytes("dtype"), value: descriptor),
        .init(key: bytes("shape"), value: shape),
      ])
    case .vlaEval:
      if array.type == .uint8, array.shape.count == 3, array.shape[2] == 3,
        array.shape[0] > 0, array.shape[1] > 0
      {
        return .fields([
          "__image__": .bool(true), "format": .text("png"), "data": .bytes(try png(array)),
          "shape": shape,
        ])
      }
      return .fields([
        "__ndarray__": .bool(true), "data": .bytes(array.bytes), "dtype": descriptor,
        "shape": shape,
      ])
    case .msgpackNumPy:
      return .map([
        .init(key: bytes("nd"), value: .bool(true)),
        .init(key: bytes("type"), value: descriptor),
        .init(key: bytes("kind"), value: .bytes([])),
        .init(key: bytes("shape"), value: shape),
        .init(key: bytes("data"), value: .bytes(array.bytes)),
      ])
    case .npyFile:
      return .fields(["__ndarray_class__": .bool(true), "as_npy": .bytes(NPYFile.bytes(of: array))])
    case .jsonNumPy:
      return .fields([
        "__numpy__": .text(Data(array.bytes).base64EncodedString()), "dtype": descriptor,
        "shape": shape,
      ])
    case .roboEvals:
      if array.shape.count <= 1 { return .list(array.values.map { .number($0) }) }
      return .fields([
        "__ndarray__": .text(Data(array.bytes).base64EncodedString()),
        "dtype": .text(array.type == .uint8 ? "uint8" : array.type.descriptor), "shape": shape,
      ])
    }
  }

  private func png(_ array: NumericArray) throws(CodecError) -> [UInt8] {
    do {
      return [UInt8](
        try PNG.encoded(
          RGBImage(height: array.shape[0], width: array.shape[1], pixels: array.bytes), .none))
    } catch { throw CodecError(format: "PNG", reason: error.reason) }
  }
}
