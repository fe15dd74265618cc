import EnvironmentInterface

extension ActionChunk {
  /// The chunk in an array of numbers: `[7]` is one action, `[n, 7]` and `[1, n, 7]` are n.
  ///
  /// - Throws: `PolicyError` where the shape is another one or a number is not finite.
  init(shape: [Int], numbers: [Double]) throws(PolicyError) {
    var shape = shape
    while shape.count > 2, shape[0] == 1 { shape.removeFirst() }
    guard let width = shape.last, shape.count <= 2, width == Action.count,
      numbers.count == shape.reduce(1, *)
    else {
      let text = shape.isEmpty ? "a single number" : shape.map(String.init).joined(separator: "×")
      throw .failed("the answer is \(text), where an action has \(Action.count) numbers")
    }
    var actions: [Action] = []
    for start in stride(from: 0, to: numbers.count, by: width) {
      actions.append(try Action(Array(numbers[start..<start + width])))
    }
    try self.init(actions)
  }
}

extension [Double] {
  /// Numbers of eight bytes each, the least significant first.
  init(littleEndianBytes bytes: some Collection<UInt8>) {
    let bytes = Array<UInt8>(bytes)
    self = stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
      var bits: UInt64 = 0
      for index in (start..<start + 8).reversed() { bits = bits << 8 | UInt64(bytes[index]) }
      return Double(bitPattern: bits)
    }
  }
}
