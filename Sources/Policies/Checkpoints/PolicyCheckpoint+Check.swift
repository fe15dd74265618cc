import Foundation
import InputFiles
import Networks
import Torch

extension PolicyCheckpoint {
  /// Throws what `makePolicy` would throw, without reading weights: names, shapes and types are compared.
  ///
  /// So that a policy that can't act is told before the first episode of another one.
  public func check(
    loading: CheckpointLoading, statisticsKey: String?, setups: [String] = []
  ) throws {
    try checkIsNoAdapter(besides: loading.adapter)
    try checkOneCameraSuffices()
    if isDiffusionPolicy {
      _ = try diffusionStatistics(key: statisticsKey)
    } else {
      _ = try scales(key: statisticsKey, setups: decodesInParallel ? [] : setups)
    }
    let tokenizer = try tokenizer()
    guard modelType == "openvla" else {
      try checkPreprocessorIsAbsent()
      let network = try DiffusionPolicyNetwork(folder: folder, device: .meta)
      _ = try stateStatistics(of: network.configuration, key: statisticsKey)
      return
    }
    let network = try OpenVLA(checking: folder, adapter: loading.adapter)
    let vocabulary = try vocabulary(of: tokenizer, for: network)
    try checkGeneration(vocabulary.actions)
    _ = try imageProcessor(for: network)
    if decodesInParallel {
      var onMeta = loading
      onMeta.device = .meta
      let decoder = try parallelDecoder(
        network: network, parts: openedParts(), loading: onMeta, chunkLength: nil)
      if let length = decoder.projector?.stateLength {
        _ = try proprioceptionStatistics(key: statisticsKey, count: length)
      }
    }
  }

  /// Throws for a folder that holds an adapter beside or in place of weights: `from_pretrained` would then load the base
  /// model that the adapter names and put the adapter on top.
  func checkIsNoAdapter(besides adapter: LoRAAdapter?) throws {
    let url = folder.appendingPathComponent("adapter_config.json")
    guard adapter == nil, FileManager.default.fileExists(atPath: url.path) else { return }
    throw CheckpointError.unusable(
      path: url.path,
      reason:
        "the folder holds an adapter, which would be left out; give its base model with --weights and this "
        + "folder with --adapter, or remove this file where the adapter has been merged")
  }

  /// Throws where a diffusion policy's folder says how images are fitted: it always does that in one way.
  func checkPreprocessorIsAbsent() throws {
    let url = folder.appendingPathComponent("preprocessor_config.json")
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    throw CheckpointError.unusable(
      path: url.path, reason: "a diffusion policy's images are not fitted by such a file; remove it"
    )
  }
}
