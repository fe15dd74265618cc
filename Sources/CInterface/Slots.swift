/// Numbers of the slots that a call is about, in order.
struct Slots: Sequence {
  private let numbers: [Int]

  /// - Parameter mask: a byte a slot, 0 for those that are left alone; nil for all slots.
  init(_ mask: UnsafePointer<UInt8>?, count: Int) {
    numbers = (0..<count).filter { slot in
      guard let mask else { return true }
      return mask[slot] != 0
    }
  }

  func makeIterator() -> some IteratorProtocol<Int> { numbers.makeIterator() }
}
