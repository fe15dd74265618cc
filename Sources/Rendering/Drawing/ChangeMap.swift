/// Which texels of a map of depths have changed, spread to the texels that look at them.
struct ChangeMap {
  private(set) var marks: [UInt8] = []
  private var scratch: [UInt8] = []

  /// Marks each texel from which, within a square of `width` texels right and up, a depth has changed.
  mutating func find(from old: [UInt16], to new: [UInt16], size: Int, width: Int) {
    let count = size * size
    if marks.count != count {
      marks = [UInt8](repeating: 0, count: count)
      scratch = marks
    }
    marks.withUnsafeMutableBufferPointer { marks in
      old.withUnsafeBufferPointer { old in
        new.withUnsafeBufferPointer { new in
          for i in 0..<count { marks[i] = old[i] != new[i] ? 1 : 0 }
        }
      }
    }
    spread(width: width, stride: 1)
    spread(width: width, stride: size)
  }

  /// Spreads the marks along one direction by doubling: a window of two, of four, …, of `width` texels.
  private mutating func spread(width: Int, stride: Int) {
    var covered = 1
    while covered < width {
      let step = min(covered, width - covered)
      let shift = step * stride
      marks.withUnsafeBufferPointer { marks in
        scratch.withUnsafeMutableBufferPointer { scratch in
          let last = marks.count - shift
          for i in 0..<last { scratch[i] = marks[i] | marks[i + shift] }
          for i in last..<marks.count { scratch[i] = marks[i] }
        }
      }
      swap(&marks, &scratch)
      covered += step
    }
  }
}
