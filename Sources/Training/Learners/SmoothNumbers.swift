import Foundation
import Networks
import RandomNumbers
import Torch

/// Begins the tokens that stand for numbers as neighbours: the embeddings of two bins are the more alike the nearer they are.
///
/// Drawn one by one, 112 places and 256 levels of an action are as many unrelated words, and what the network learns of one says
/// nothing about the next. Here each channel is a wave along the scale (random Fourier features: Rahimi and Recht, 2007; Tancik
/// and others, 2020), slow ones to tell far from near and fast ones to tell neighbours apart. They are trained like all others.
struct SmoothNumbers {
  let seed: UInt64
  /// The tokens of each scale, in order.
  let scales: [Range<Int>]

  /// Waves along a whole scale: the slowest and the fastest.
  private static let waves = (slowest: 0.5, fastest: 16.0)
  private static let tables = [
    "language_model.model.embed_tokens.weight", "language_model.lm_head.weight",
  ]

  func write(into network: OpenVLA) throws {
    for name in Self.tables {
      guard let table = network.parameters.first(where: { $0.name == name })?.tensor else {
        throw TorchError("the network has no parameter \(name)")
      }
      let width = table.size(1)
      var values = try table.floats()
      for (number, tokens) in scales.enumerated() {
        let old = values[tokens.lowerBound * width..<tokens.upperBound * width]
        let size = (old.reduce(0) { $0 + $1 * $1 } / Float(old.count)).squareRoot()
        values.replaceSubrange(
          old.indices,
          with: Self.rows(
            count: tokens.count, width: width, size: size,
            source: RandomStream(seed: seed).named("smooth-numbers", name).numbered(number)))
      }
      table.assign(Tensor(values, shape: table.shape))
    }
    try throwRecordedFailure()
  }

  /// `count` rows of `width` channels, of mean square `size`².
  static func rows(count: Int, width: Int, size: Float, source: RandomStream) -> [Float] {
    var source = source
    let channels = (0..<width).map { _ in
      let octaves = log2(waves.fastest / waves.slowest)
      return (
        turns: waves.slowest * exp2(octaves * source.uniform()),
        phase: source.uniform()
      )
    }
    return (0..<count).flatMap { bin in
      let place = (Double(bin) + 0.5) / Double(count)
      return channels.map { channel in
        size * Float(2.squareRoot() * cos(2 * .pi * (channel.turns * place + channel.phase)))
      }
    }
  }
}
