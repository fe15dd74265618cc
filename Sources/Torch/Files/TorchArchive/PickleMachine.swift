/// The stack machine behind `PickledState`.
struct PickleMachine {
  /// What the stack holds. Composite values lie in `objects`, so that no file can nest values deeper than the call
  /// stack that would free them.
  enum Value {
    case none
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    /// A name of a module.
    case global(String)
    case object(Int)
  }

  enum Object {
    case tuple([Value])
    case list([Value])
    case dictionary([(Value, Value)])
    case storage(DType, name: String)
    case tensor(PickledState.Entry)
  }

  private(set) var objects: [Object] = []
  private var stack: [Value] = []
  private var marks: [Int] = []
  private var memo: [Int: Value] = [:]
  private var reader: ByteReader

  init(_ bytes: UnsafeRawBufferPointer) { reader = ByteReader(bytes, "pickle") }

  /// Runs to the end and returns what the pickle stands for.
  mutating func run() throws(TorchError) -> Value {
    while true {
      let code = UInt8(truncatingIfNeeded: try reader.integer(UInt8.self))
      if code == UInt8(ascii: ".") { return try pop() }
      try step(code)
    }
  }

  // MARK: - Opcodes

  private mutating func step(_ code: UInt8) throws(TorchError) {
    switch code {
    case 0x80: _ = try reader.run(1)  // the protocol
    case 0x95: _ = try reader.run(8)  // a frame
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "N"): stack.append(.none)
    case 0x88: stack.append(.boolean(true))
    case 0x89: stack.append(.boolean(false))
    case UInt8(ascii: "K"): stack.append(.integer(try reader.integer(UInt8.self)))
    case UInt8(ascii: "M"): stack.append(.integer(try reader.integer(UInt16.self)))
    case UInt8(ascii: "J"): stack.append(.integer(try reader.integer(Int32.self)))
    case 0x8a: stack.append(.integer(try longInteger()))
    case UInt8(ascii: "G"): stack.append(.number(try bigEndianNumber()))
    case UInt8(ascii: "X"): stack.append(.text(try reader.text(try reader.integer(UInt32.self))))
    case 0x8c: stack.append(.text(try reader.text(try reader.integer(UInt8.self))))
    case UInt8(ascii: "c"):
      let module = try reader.line()
      stack.append(.global("\(module).\(try reader.line())"))
    case 0x93:
      let names = try pop(2)
      guard case .text(let module) = names[0], case .text(let name) = names[1] else {
        throw reader.failure("a name is no text")
      }
      stack.append(.global("\(module).\(name)"))
    case UInt8(ascii: "}"): push(.dictionary([]))
    case UInt8(ascii: "]"): push(.list([]))
    case UInt8(ascii: ")"): push(.tuple([]))
    case UInt8(ascii: "t"): push(.tuple(try popToMark()))
    case 0x85...0x87: push(.tuple(try pop(Int(code) - 0x84)))
    case UInt8(ascii: "s"): try setItems(try pop(2))
    case UInt8(ascii: "u"): try setItems(try popToMark())
    case UInt8(ascii: "a"): try append(try pop(1))
    case UInt8(ascii: "e"): try append(try popToMark())
    case UInt8(ascii: "q"): memo[try reader.integer(UInt8.self)] = try top()
    case UInt8(ascii: "r"): memo[try reader.integer(UInt32.self)] = try top()
    case 0x94: memo[memo.count] = try top()
    case UInt8(ascii: "h"): stack.append(try remembered(try reader.integer(UInt8.self)))
    case UInt8(ascii: "j"): stack.append(try remembered(try reader.integer(UInt32.self)))
    case UInt8(ascii: "b"): _ = try pop()  // attributes of a dictionary: its versions
    case UInt8(ascii: "Q"): try persistentStorage()
    case UInt8(ascii: "R"): try call()
    default:
      throw reader.failure("opcode \(code) is not one that a state dictionary needs")
    }
  }

  private mutating func longInteger() throws(TorchError) -> Int {
    let count = try reader.integer(UInt8.self)
    guard count <= 8 else { throw reader.failure("a number is too large") }
    let run = try reader.run(count)
    var bits: UInt64 = run.last.map { $0 >= 0x80 } ?? false ? .max : 0
    for byte in run.reversed() { bits = bits << 8 | UInt64(byte) }
    return Int(Int64(bitPattern: bits))
  }

  private mutating func bigEndianNumber() throws(TorchError) -> Double {
    let run = try reader.run(8)
    return Double(bitPattern: UInt64(bigEndian: run.loadUnaligned(as: UInt64.self)))
  }

  private mutating func setItems(_ items: [Value]) throws(TorchError) {
    guard items.count.isMultiple(of: 2), case .object(let index) = try top(),
      case .dictionary(var pairs) = objects[index]
    else { throw reader.failure("items are set of something that is no dictionary") }
    objects[index] = .tuple([])  // so that the pairs are not copied when they grow
    for item in stride(from: 0, to: items.count, by: 2) {
      pairs.append((items[item], items[item + 1]))
    }
    objects[index] = .dictionary(pairs)
  }

  private mutating func append(_ items: [Value]) throws(TorchError) {
    guard case .object(let index) = try top(), case .list(var list) = objects[index] else {
      throw reader.failure("items are appended to something that is no list")
    }
    objects[index] = .tuple([])  // so that the list is not copied when it grows
    list += items
    objects[index] = .list(list)
  }

  // MARK: - The stack

  private mutating func push(_ object: Object) {
    stack.append(.object(objects.count))
    objects.append(object)
  }

  private func top() throws(TorchError) -> Value {
    guard let value = stack.last else { throw reader.failure("the stack is empty") }
    return value
  }

  private mutating func pop() throws(TorchError) -> Value { try pop(1)[0] }

  private mutating func pop(_ count: Int) throws(TorchError) -> [Value] {
    guard stack.count - count >= marks.last ?? 0 else { throw reader.failure("the stack is empty") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(TorchError) -> [Value] {
    guard let mark = marks.popLast(), mark <= stack.count else {
      throw reader.failure("no mark was set")
    }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private func remembered(_ place: Int) throws(TorchError) -> Value {
    guard let value = memo[place] else { throw reader.failure("nothing was kept at \(place)") }
    return value
  }

  private func items(_ value: Value) throws(TorchError) -> [Value] {
    guard case .object(let index) = value, case .tuple(let items) = objects[index] else {
      throw reader.failure("a tuple is expected")
    }
    return items
  }

  private func integers(_ value: Value) throws(TorchError) -> [Int] {
    let items = try items(value)
    // Many tensors may share one tuple, which would be copied for each.
    guard items.count <= maximumRank else {
      throw reader.failure("\(items.count) dimensions; at most \(maximumRank) are read")
    }
    var integers: [Int] = []
    for item in items {
      guard case .integer(let integer) = item, integer >= 0 else {
        throw reader.failure("a tuple of whole numbers is expected")
      }
      integers.append(integer)
    }
    return integers
  }

  // MARK: - What may be made

  /// `("storage", type, name, device, count)`; the count is that of the stored file, which decides.
  private mutating func persistentStorage() throws(TorchError) {
    let items = try items(try pop())
    guard items.count == 5, case .text("storage") = items[0], case .global(let type) = items[1],
      case .text(let name) = items[2]
    else { throw reader.failure("a storage is not described as torch.save does") }
    guard let dtype = DType.storageTypes[type] else {
      throw reader.failure("\(type) is no element type that can be read")
    }
    push(.storage(dtype, name: name))
  }

  private mutating func call() throws(TorchError) {
    let arguments = try items(try pop())
    guard case .global(let name) = try pop() else {
      throw reader.failure("something that is no function is called")
    }
    switch (name, arguments.count) {
    case ("collections.OrderedDict", 0): push(.dictionary([]))
    case ("torch._utils._rebuild_tensor_v2", 6...): push(.tensor(try tensor(arguments)))
    case ("torch._utils._rebuild_parameter", 1...): stack.append(arguments[0])
    default:
      throw reader.failure("\(name) would be called, which a state dictionary does not need")
    }
  }

  /// `(storage, offset, shape, strides, …)`.
  private func tensor(_ arguments: [Value]) throws(TorchError) -> PickledState.Entry {
    guard case .object(let index) = arguments[0],
      case .storage(let dtype, let name) = objects[index],
      case .integer(let offset) = arguments[1], offset >= 0
    else { throw reader.failure("a tensor is not described as torch.save does") }
    return PickledState.Entry(
      dtype: dtype, storage: name, offset: offset, shape: try integers(arguments[2]),
      strides: try integers(arguments[3]))
  }
}

extension DType {
  /// Element types by the names of PyTorch's storages.
  fileprivate static let storageTypes: [String: DType] = [
    "torch.FloatStorage": .float32, "torch.DoubleStorage": .float64,
    "torch.BFloat16Storage": .bfloat16, "torch.HalfStorage": .float16,
    "torch.LongStorage": .int64, "torch.IntStorage": .int32, "torch.ShortStorage": .int16,
    "torch.CharStorage": .int8, "torch.ByteStorage": .uint8, "torch.BoolStorage": .bool,
  ]
}
