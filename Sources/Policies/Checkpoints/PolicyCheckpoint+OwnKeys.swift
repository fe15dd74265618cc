import EnvironmentInterface
import InputFiles
import Networks

extension PolicyCheckpoint {
  /// Throws where a value under `policy` is out of bounds, or stands where nothing would obey it.
  func checkOwnKeys() throws(InputFileError) {
    guard let own = configuration.own else { return }
    func refuse(_ key: String, _ reason: String) throws(InputFileError) {
      throw document.failure(at: "policy.\(key)", reason)
    }
    if let choices = own.actionChoices, !choices.isEmpty {
      if choices.count != Action.count {
        try refuse("action_choices", "\(choices.count) choices for \(Action.count) tokens")
      }
      if isDiffusionPolicy || own.parallelDecoding != nil {
        try refuse("action_choices", "this policy generates no action tokens one by one")
      }
    }
    if let bins = own.locationBins, !(0...1 << 12).contains(bins) {
      try refuse("location_bins", "\(bins) is not from 0 to 4096")
    }
    if let grounding = own.grounding, grounding != .none,
      isDiffusionPolicy || own.parallelDecoding != nil
    {
      try refuse("grounding", "this policy says no places before it acts")
    }
    if let length = own.executedLength {
      guard isDiffusionPolicy || own.parallelDecoding != nil else {
        try refuse("executed_length", "only a policy of chunks has such a length")
        return
      }
      let predicted: Int =
        isDiffusionPolicy
        ? try document.decoded(at: ["horizon"])
        : own.parallelDecoding?.chunkLength ?? Self.publishedChunkLength
      if !(1...max(1, predicted)).contains(length) {
        try refuse(
          "executed_length",
          "\(length) is not from 1 to the \(isDiffusionPolicy ? "horizon" : "chunk_length"), \(predicted)"
        )
      }
    }
    if own.actionNormalization != nil, !isDiffusionPolicy {
      try refuse("action_normalization", "only a diffusion policy's actions are scaled so")
    }
    guard let sizes = own.parallelDecoding else { return }
    if isDiffusionPolicy { try refuse("parallel_decoding", "a diffusion policy decodes no tokens") }
    for (key, size) in [("images", sizes.imageCount), ("chunk_length", sizes.chunkLength)] {
      if let size, !(1...64).contains(size) {
        try refuse("parallel_decoding.\(key)", "\(size) is not from 1 to 64")
      }
    }
  }
}
