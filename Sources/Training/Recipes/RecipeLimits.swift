import StrictYAML

// What numbers of a recipe may be: far wider than anything that trains well, and narrow enough to be what was meant.

extension NumberLimits {
  static let fraction = NumberLimits(0...1)
  /// AdamW's running means.
  static let decay = NumberLimits(0...0.999_999)
  static let norm = NumberLimits(1e-6...1e6)
  static let learningRate = NumberLimits(1e-9...1)
  /// How much a loss counts.
  static let weight = NumberLimits(0...1000)
  /// How far action tokens are blurred.
  static let bins = NumberLimits(0...128, "bins")
  /// How far the targets of action tokens are spread.
  static let spread = NumberLimits(0.1...64, "bins")
  /// How much likelier some moments are than others.
  static let share = NumberLimits(0.01...100)
  static let turn = NumberLimits(0...3.14, "rad")
  /// How far cameras are moved.
  static let cameraShift = NumberLimits(0...0.3, "m")
  /// How far off places are that a denoiser is told.
  static let places = NumberLimits(0...0.5, "image widths")
  static let alpha = NumberLimits(1e-3...10_000)
}

extension CountLimits {
  static let seed = CountLimits(0...Int.max)
  static let pixels = CountLimits(1...2048, "pixels")
  static let width = CountLimits(4...65_536, "channels")
  /// The convolutions of a stem, and their channels.
  static let stem = CountLimits(2...2, "widths")
  static let stemWidth = CountLimits(1...4096, "channels")
  static let layers = CountLimits(1...256, "layers")
  static let heads = CountLimits(1...256, "heads")
  static let locationBins = CountLimits(0...1024, "bins")
  static let actions = CountLimits(1...256, "actions")
  static let history = CountLimits(1...2, "frames")
  static let pieces = CountLimits(300...100_000, "pieces")
  static let symbols = CountLimits(0...1000, "symbols")
  static let tasks = CountLimits(1...100, "tasks")
  static let demonstrations = CountLimits(1...100_000_000, "demonstrations")
  static let stages = CountLimits(1...100, "stages")
  static let steps = CountLimits(1...100_000_000, "steps")
  static let warmup = CountLimits(0...100_000_000, "steps")
  static let images = CountLimits(0...65_536, "images")
  static let texts = CountLimits(0...256, "texts")
  static let gates = CountLimits(1...16, "gates")
  static let rank = CountLimits(1...4096)
}
