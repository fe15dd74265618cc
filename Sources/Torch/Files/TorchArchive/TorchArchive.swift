import Foundation

/// A state dictionary that `torch.save` wrote (`.pt`, PyTorch 1.6 or later), mapped into memory.
///
/// The file is read without libtorch's unpickler, which is not made for files of strangers: see `PickledState`.
public final class TorchArchive: TensorFile {
  public let url: URL
  private let file: MappedFile
  private let entries: [String: PickledState.Entry]
  /// Bytes of the file by the storage's name.
  private let storages: [String: Range<Int>]

  /// Opens and checks the file; the error names it and what is wrong.
  public convenience init(_ url: URL) throws { try self.init(url, MappedFile(url)) }

  init(_ url: URL, _ file: MappedFile) throws {
    self.url = url
    self.file = file
    do {
      (entries, storages) = try Self.contents(file.bytes)
    } catch {
      throw TorchError("\(url.path): \(error.message)")
    }
  }

  /// Whether the bytes begin as a zip archive does.
  static func isArchive(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: [0x50, 0x4b, 0x03, 0x04])
  }

  private static func contents(
    _ bytes: UnsafeRawBufferPointer
  ) throws(TorchError) -> ([String: PickledState.Entry], [String: Range<Int>]) {
    let directory = try ZipDirectory(bytes).entries
    let pickle = "/data.pkl"
    guard let name = directory.keys.filter({ $0.hasSuffix(pickle) }).min(),
      let range = directory[name]
    else { throw TorchError("holds no data.pkl: is no file of torch.save") }
    let root = name.dropLast(pickle.count)
    if let order = directory["\(root)/byteorder"], !bytes[order].elementsEqual("little".utf8) {
      throw TorchError("was written on a big-endian machine")
    }
    let entries = try PickledState(UnsafeRawBufferPointer(rebasing: bytes[range])).entries
    var storages: [String: Range<Int>] = [:]
    for (name, entry) in entries {
      guard let storage = directory["\(root)/data/\(entry.storage)"] else {
        throw TorchError("tensor \(name): its storage \(entry.storage) is not in the file")
      }
      try check(name, entry, storageLength: storage.count)
      storages[entry.storage] = storage
    }
    return (entries, storages)
  }

  private static func check(
    _ name: String, _ entry: PickledState.Entry, storageLength: Int
  ) throws(TorchError) {
    guard let count = elementCount(of: entry.shape) else {
      throw TorchError("tensor \(name): shape \(entry.shape) is too large")
    }
    let (end, overflow) = entry.offset.addingReportingOverflow(count)
    guard !overflow, end <= storageLength / entry.dtype.byteCount else {
      throw TorchError(
        "tensor \(name): \(entry.dtype) \(entry.shape) does not fit into its storage of "
          + "\(storageLength) bytes")
    }
    guard isDense(entry) else {
      throw TorchError(
        "tensor \(name): strides \(entry.strides) are not row-major; save it contiguous")
    }
  }

  /// Whether elements follow each other in row-major order; a dimension of length 1 may have any stride.
  private static func isDense(_ entry: PickledState.Entry) -> Bool {
    guard entry.strides.count == entry.shape.count else { return false }
    if entry.shape.contains(0) { return true }
    var expected = 1
    for (length, stride) in zip(entry.shape, entry.strides).reversed() where length != 1 {
      guard stride == expected else { return false }
      expected *= length
    }
    return true
  }

  public var names: [String] { entries.keys.sorted() }
  public func shape(of name: String) -> [Int]? { entries[name]?.shape }
  public func dtype(of name: String) -> DType? { entries[name]?.dtype }

  /// The tensor called `name`, without copying where its bytes are aligned.
  public func tensor(_ name: String) throws -> Tensor {
    guard let entry = entries[name], let storage = storages[entry.storage] else {
      throw TorchError("\(url.path): holds no tensor \(name)")
    }
    let size = entry.dtype.byteCount
    let start = storage.lowerBound + entry.offset * size
    let count = entry.shape.reduce(1, *) * size
    return try file.tensor(start..<start + count, dtype: entry.dtype, shape: entry.shape)
  }
}
