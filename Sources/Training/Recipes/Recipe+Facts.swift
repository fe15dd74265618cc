import EnvironmentInterface
import Foundation
import Policies
import RandomNumbers
import Torch

extension Recipe {
  /// The recipe under another seed: its checkpoint goes beside that of the recipe's own, under a name that says so.
  public func withSeed(_ seed: UInt64) -> Recipe {
    var other = self
    other.seed = seed
    if seed != self.seed { other.output += Self.suffix(ofSeed: seed) }
    return other
  }

  /// The same recipe without words: its policy is a control, and goes beside the recipe's own.
  public var withoutWords: Recipe {
    guard instructions != InstructionUse.none else { return self }
    var other = self
    other.instructions = InstructionUse.none
    other.output += Self.blindSuffix
    return other
  }

  /// Whether what was learned by a recipe is what this one has learned so far: the same, or the same with fewer stages.
  ///
  /// A head of its own for turns, which no earlier stage taught, would have been in the network from the start.
  func goesOn(from begun: Recipe) -> Bool {
    var shortened = self
    shortened.stages = Array(stages.prefix(begun.stages.count))
    func teachesTurns(_ recipe: Recipe) -> Bool { recipe.stages.contains { $0.turnWeight > 0 } }
    return shortened == begun && teachesTurns(self) == teachesTurns(begun)
  }

  /// What names of a training without words end with.
  public static let blindSuffix = "-blind"

  /// What names of another seed's training end with: `-seed2`.
  public static func suffix(ofSeed seed: UInt64) -> String { "-seed\(seed)" }

  /// What a training that follows the recipe to its end is.
  ///
  /// - Parameters:
  ///   - seconds: how long its steps took.
  ///   - root: the package's folder, for the weights that it began with.
  /// - Throws: where the digest cannot be made, or the initial weights' own facts are broken.
  func facts(images: Int, seconds: Double, root: URL) throws -> TrainingFacts {
    let start = try initialWeights.flatMap {
      try PolicyCheckpoint.trainingFacts(in: Self.folder($0, under: root))
    }
    return TrainingFacts(
      recipe: try digest(), seed: seed, images: images,
      robotImages: stages.reduce(0) { $0 + $1.steps * $1.robotImages }, seconds: seconds,
      earlierImages: start.map { $0.images + $0.earlierImages } ?? 0,
      earlierSeconds: start.map { $0.seconds + $0.earlierSeconds } ?? 0,
      device: Device.standard.nameUnlessCPU)
  }

  /// What the training in a folder follows: the recipe that is kept with a training under way, or of a finished checkpoint the one whose
  /// digest it holds.
  ///
  /// - Parameter recipes: the folder of the recipes that there are.
  /// - Returns: nil where nobody knows: no recipe has the digest, or what says so can't be read.
  public static func followed(in folder: URL, among recipes: URL) -> Recipe? {
    if let begun = TrainingSavings(folder: folder).begunRecipe { return begun }
    guard let digest = (try? PolicyCheckpoint.trainingFacts(in: folder))?.recipe else { return nil }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: recipes.path)) ?? []
    let known = files.sorted().filter { $0.hasSuffix(".yaml") }.compactMap {
      try? Recipe(contentsOf: recipes.appendingPathComponent($0))
    }
    return known.flatMap { [$0, $0.withoutWords] }.first { (try? $0.digest()) == digest }
  }

  /// 16 hexadecimal digits over all but the seed and where the checkpoint goes.
  func digest() throws -> String {
    var same = self
    (same.seed, same.output) = (0, "")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var hash = StableHash()
    hash.combine(String(decoding: try encoder.encode(same), as: UTF8.self))
    return hash.hexadecimal
  }
}

extension Device {
  /// How what depends on the device says it; nil for the CPU, on which the same recipe gives the same bytes.
  var nameUnlessCPU: String? { self == .cpu ? nil : description }
}
