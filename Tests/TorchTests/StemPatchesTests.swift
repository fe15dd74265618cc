import Foundation
import Testing

@testable import Torch

/// Two convolutions without copies of windows, beside loops that do what is meant.
@Suite("Stem patches", .serialized)
struct StemPatchesTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var side: Int
    var widths: (Int, Int)
    var patchCells: Int
    var testDescription: String { "\(side) pixels to \(widths.0) and \(widths.1) channels" }
  }

  /// Fewer windows than run at once and more, one group of columns and several, with a part of one.
  static let cases = [
    Case(side: 16, widths: (5, 7), patchCells: 2), Case(side: 48, widths: (24, 48), patchCells: 3),
    Case(side: 36, widths: (33, 70), patchCells: 9), Case(side: 4, widths: (1, 1), patchCells: 1),
  ]

  private static let border: [Float] = [3.5, -20, 100]
  private static let stride = 4

  private func normal(_ shape: [Int], _ seed: UInt64) -> [Float] {
    Initializer.normal(standardDeviation: 0.05).values(shape: shape, seed: seed, name: "n")
  }

  private func images(_ count: Int, _ side: Int) -> [UInt8] {
    (0..<count * side * side * 3).map { UInt8(truncatingIfNeeded: $0 &* 73 ^ $0 >> 5) }
  }

  private struct Layer {
    /// `[inputs, outputs]` and `[outputs]`.
    var weight: [Float]
    var bias: [Float]
    var outputs: Int

    /// With outputs filled with zeros to whole units, as products read it.
    var tensors: (weight: Tensor, bias: Tensor) {
      let (inputs, unit) = (weight.count / outputs, Tensor.stemColumnUnit)
      let columns = (outputs + unit - 1) / unit * unit
      func filled(_ row: ArraySlice<Float>) -> [Float] {
        row + Array(repeating: 0, count: columns - outputs)
      }
      let rows = (0..<inputs).flatMap { filled(weight[$0 * outputs..<($0 + 1) * outputs]) }
      return (Tensor(rows, shape: [inputs, columns]), Tensor(filled(bias[...])))
    }

    /// `gelu(window · weight + bias)`.
    func callAsFunction(_ window: [Double]) -> [Double] {
      (0..<outputs).map { output in
        let sum = window.indices.reduce(Double(bias[output])) {
          $0 + window[$1] * Double(weight[$1 * outputs + output])
        }
        return gelu(sum)
      }
    }
  }

  private func layers(_ widths: (Int, Int)) -> (Layer, Layer) {
    func layer(_ inputs: Int, _ outputs: Int, _ seed: UInt64) -> Layer {
      Layer(
        weight: normal([inputs, outputs], seed), bias: normal([outputs], seed + 1),
        outputs: outputs)
    }
    return (layer(8 * 8 * 3, widths.0, 1), layer(9 * widths.0, widths.1, 3))
  }

  private func patches(
    _ images: Tensor, _ given: Case, _ precision: ProductPrecision = .float32
  ) -> Tensor {
    let (first, second) = layers(given.widths)
    return withProducts(in: precision) {
      images.stemPatches(
        border: Tensor(Self.border), first: first.tensors, second: second.tensors,
        widths: given.widths, stride: Self.stride, patchCells: given.patchCells)
    }
  }

  /// What is meant, a window at a time.
  private func meant(_ image: [UInt8], _ given: Case) -> [Double] {
    let (first, second) = layers(given.widths)
    let (side, cells) = (given.side, given.side / Self.stride)
    func pixel(_ row: Int, _ column: Int) -> [Double] {
      guard (0..<side).contains(row), (0..<side).contains(column) else {
        return Self.border.map(Double.init)
      }
      return (0..<3).map { Double(image[(row * side + column) * 3 + $0]) }
    }
    var edges: [[Double]] = []
    for row in 0..<cells {
      for column in 0..<cells {
        edges.append(
          first(
            (0..<64).flatMap {
              pixel(
                row * Self.stride - Self.stride / 2 + $0 / 8,
                column * Self.stride - Self.stride / 2 + $0 % 8)
            }))
      }
    }
    func edge(_ row: Int, _ column: Int) -> [Double] {
      let isInside = (0..<cells).contains(row) && (0..<cells).contains(column)
      return isInside ? edges[row * cells + column] : Array(repeating: 0, count: given.widths.0)
    }
    let grid = cells / given.patchCells
    return (0..<grid * grid).flatMap { patch in
      (0..<given.patchCells * given.patchCells).flatMap { place in
        let row = patch / grid * given.patchCells + place / given.patchCells
        let column = patch % grid * given.patchCells + place % given.patchCells
        return second((0..<9).flatMap { edge(row - 1 + $0 / 3, column - 1 + $0 % 3) })
      }
    }
  }

  @Test("are what loops over windows give", arguments: cases)
  func agree(given: Case) throws {
    let pixels = images(2, given.side)
    let computed = patches(Tensor(pixels, shape: [2, given.side, given.side, 3]), given)
    let grid = given.side / Self.stride / given.patchCells
    #expect(
      computed.shape == [2, grid * grid, given.patchCells * given.patchCells * given.widths.1])
    let half = pixels.count / 2
    let exact = meant(Array(pixels[..<half]), given) + meant(Array(pixels[half...]), given)
    let largest = try zip(computed.doubles(), exact).map { abs($0 - $1) }.max() ?? .infinity
    // Sums of 192 terms of up to 255 · 0.2 in float32.
    #expect(largest < 1e-3)
    let reduced = try patches(
      Tensor(pixels, shape: [2, given.side, given.side, 3]), given, .bfloat16
    ).doubles()
    let difference = zip(reduced, exact).map { abs($0 - $1) }.max() ?? .infinity
    // Pixels are exact in 8 bits; weights and cells keep so many.
    #expect(difference < 0.01 * (exact.map(abs).max() ?? 0))
  }

  @Test(
    "have the same bits in any company, on any threads and with any instructions",
    arguments: cases, ProductPrecision.allCases)
  func bits(given: Case, precision: ProductPrecision) {
    let earlier = threadCount
    defer {
      setThreadCount(earlier)
      limitProductInstructions(to: .all)
    }
    let pixels = Tensor(images(3, given.side), shape: [3, given.side, given.side, 3])
    setThreadCount(1)
    let all = patches(pixels, given, precision)
    #expect(patches(pixels.to(.float32), given, precision).isIdentical(to: all))
    let alone = patches(pixels.narrowed(0, 1..<2), given, precision)
    #expect(alone.isIdentical(to: all.narrowed(0, 1..<2)))
    for instructions in ProductInstructions.allCases {
      limitProductInstructions(to: instructions)
      setThreadCount(2)
      #expect(patches(pixels, given, precision).isIdentical(to: all))
    }
  }

  @Test("what does not fit is refused")
  func refuses() throws {
    let image = Tensor(images(1, 16), shape: [1, 16, 16, 3])
    let good = Case(side: 16, widths: (5, 7), patchCells: 2)
    for (images, given) in [
      (image.narrowed(1, 0..<8), good), (image.to(.float64), good), (image.selected(0, 0), good),
      (image, Case(side: 16, widths: (5, 7), patchCells: 3)),
      (image, Case(side: 16, widths: (5, 7), patchCells: 0)),
    ] {
      #expect(throws: TorchError.self) { try checked { patches(images, given) } }
    }
    let (first, second) = layers((5, 7))
    #expect(throws: TorchError.self) {
      try checked {
        image.stemPatches(
          border: Tensor(Self.border), first: first.tensors, second: second.tensors,
          widths: (5, 70), stride: 4, patchCells: 2)
      }
    }
  }
}

/// `x Φ(x)`.
private func gelu(_ x: Double) -> Double { x / 2 * (1 + erf(x / 2.0.squareRoot())) }
