import EnvironmentInterface
import Policies

extension TokenizerRecipe {
  /// Trains the tokenizer that a recipe asks for on all that its demonstrations may say.
  func makeTokenizer(corpus: [String], locationBins: Int) throws -> SentencePieceTokenizer {
    let locations = LocationTokenizer.pieces(binCount: locationBins)
    // Byte-pair merges follow counts: each sentence twice, so that a word that occurs once becomes a piece too.
    let sentences = corpus.flatMap { [$0, $0] }
    return try SentencePieceTokenizer.trained(
      on: sentences, size: size + locations.count, symbols: locations + symbols)
  }
}

extension DemonstrationSource {
  /// How the robot's actions are spread in a sample of the demonstrations, by dataset.
  ///
  /// - Parameters:
  ///   - count: Frames that are looked at, for each dataset that the first of them show.
  ///   - readingStates: Whether the robot's states are looked at too, as a diffusion policy reads them.
  func actionStatistics(
    seed: UInt64, frames count: Int, readingStates: Bool = false
  ) throws -> [String: DatasetStatistics] {
    let request = DemonstrationRequest(
      content: .robot, seed: seed, decisionsPerFrame: 4, questionsPerFrame: 0, patchGrid: 0,
      chunkLength: 1)
    var sample = try frames(0..<count, of: request)
    let datasets = Set(sample.map(\.dataset))
    if datasets.count > 1 {
      sample += try frames(count..<count * datasets.count, of: request)
    }
    return try Dictionary(grouping: sample, by: \.dataset).mapValues { frames in
      let actions = frames.flatMap { $0.decisions.map(\.action.values) }
      guard !actions.isEmpty else {
        throw RecipeError(path: "demonstrations", reason: "hold no action to take statistics of")
      }
      return DatasetStatistics(
        action: ActionStatistics(of: actions, mask: [true, true, true, true, true, true, false]),
        proprioception: readingStates
          ? ProprioceptionStatistics(
            of: frames.map { DiffusionState.numbers(of: $0.proprioception) })
          : nil,
        transitionCount: actions.count, trajectoryCount: frames.count)
    }
  }
}
