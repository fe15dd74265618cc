import Torch

extension LoRAAdapter {
  /// An adapter that changes nothing yet, to be trained, for every weight of `checkpoint` that takes one.
  ///
  /// As PEFT's `init_lora_weights="gaussian"`: A is normal with standard deviation 1 / rank, B is zero. Weights that are
  /// stored and never computed get factors too, which no gradient reaches, so that the file is the one PEFT would write.
  ///
  /// - Parameters:
  ///   - seed: The same seed gives the same factors, whatever else is adapted.
  ///   - device: Where the network runs.
  /// - Throws: `TorchError` where there is no weight to adapt.
  public init(
    fresh size: LoRASize, for checkpoint: Checkpoint, seed: UInt64, device: Device = .standard
  ) throws {
    let source = ParameterSource(seed: seed, device: device)
    let path = checkpoint.folder.path
    try self.init(origin: "the adapter of \(path)", size: size) { scale in
      var updates: [String: LowRankUpdate] = [:]
      for name in checkpoint.names {
        guard let shape = checkpoint.shape(of: name),
          let factors = size.factorShapes(of: name, shape)
        else { continue }
        let module = Self.module(ofWeight: name)
        updates[name] = LowRankUpdate(
          a: try source.root.parameter(
            module + Self.suffixes.a, factors.a,
            .normal(standardDeviation: 1 / Double(size.rank))),
          b: try source.root.parameter(module + Self.suffixes.b, factors.b, .zeros), scale: scale)
      }
      guard !updates.isEmpty else { throw TorchError("\(path): holds no weight to adapt") }
      return updates
    }
  }
}
