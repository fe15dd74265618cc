import Foundation
import Torch

/// Low-rank changes of a network's weights (Hu and others, 2022), named as PEFT names them.
///
/// With `target_modules: all-linear`, as OpenVLA's fine-tuning makes it, PEFT matches modules by their last name: that
/// takes in the convolution of the patch embedding and `lm_head` too. An adapter is merged into weights, as they are
/// read or for good, or attached beside them, which is how it is trained.
public struct LoRAAdapter {
  /// Where it comes from, for messages.
  let origin: String
  public let size: LoRASize
  /// What the product of the factors is multiplied with: alpha / rank, or alpha / √rank where rank-stabilised.
  public let scale: Double
  public let isRankStabilised: Bool
  /// The changes of adapted weights by name, as the network has them.
  let updates: [String: LowRankUpdate]
  /// Weights of the base model that the file holds too, as PEFT writes an adapted head's; they change nothing.
  let baseWeights: [String: Tensor]

  /// - Parameter makeUpdates: The changes, given the scale.
  init(
    origin: String, size: LoRASize, isRankStabilised: Bool = false,
    baseWeights: [String: Tensor] = [:],
    updates makeUpdates: (_ scale: Double) throws -> [String: LowRankUpdate]
  ) rethrows {
    self.origin = origin
    self.size = size
    self.isRankStabilised = isRankStabilised
    self.baseWeights = baseWeights
    let rank = Double(size.rank)
    scale = size.alpha / (isRankStabilised ? rank.squareRoot() : rank)
    updates = try makeUpdates(scale)
  }

  /// What PEFT puts before a module's name, and the factors' names after it.
  static let prefix = "base_model.model."
  static let suffixes = (a: ".lora_A.weight", b: ".lora_B.weight")

  /// The module of a weight, in PEFT's words.
  static func module(ofWeight name: String) -> String {
    prefix + name.dropLast(".weight".count)
  }

  /// The factors under PEFT's names, in alphabetical order.
  public var parameters: [NamedTensor] {
    updates.sorted { $0.key < $1.key }.flatMap { name, update in
      let module = Self.module(ofWeight: name)
      return [
        NamedTensor(module + Self.suffixes.a, update.a),
        NamedTensor(module + Self.suffixes.b, update.b),
      ]
    }
  }

  /// How many numbers the adapter trains.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.count } }

  /// The change of the weight `name`, nil where it has none.
  ///
  /// - Throws: `TorchError` where the weight is of another shape.
  func update(of name: String, shape: [Int]) throws -> LowRankUpdate? {
    guard let update = updates[name] else { return nil }
    let (output, input) = (update.b.size(0), update.a.count / size.rank)
    guard shape.count >= 2, shape[0] == output, shape.reduce(1, *) == output * input else {
      throw TorchError(
        "\(origin): the factors of '\(name)' make \(output)×\(input), the weight is \(shape)")
    }
    return update
  }

  /// The weight with the adapter added, rounded once, after the sum; a weight that is not adapted is returned as it is.
  ///
  /// - Throws: `TorchError` where the weight is of another shape.
  func adapted(_ name: String, _ weight: Tensor) throws -> Tensor {
    guard let update = try update(of: name, shape: weight.shape) else { return weight }
    return try withoutGradient { try checked { update.added(to: weight) } }
  }

  /// - Throws: `TorchError` where the adapter has factors for a weight that the checkpoint lacks or has in another shape,
  ///   or where it stores the weight that it was trained beside and the checkpoint holds another.
  func check(fits checkpoint: Checkpoint) throws {
    try check(fits: Set(checkpoint.names))
    for name in updates.keys.sorted() {
      _ = try update(of: name, shape: checkpoint.shape(of: name) ?? [])
    }
    for (name, stored) in baseWeights.sorted(by: { $0.key < $1.key }) {
      let weight = try checkpoint.tensor(name)
      guard try checked({ stored.to(weight.dtype).isIdentical(to: weight) }) else {
        throw TorchError(
          "\(origin): the adapter stores '\(name)' of the model that it was trained beside, and "
            + "\(checkpoint.folder.path) holds another; name the adapter's own base model")
      }
    }
  }

  /// - Throws: `TorchError` where the adapter has factors for a weight that is not among `names`.
  func check(fits names: Set<String>) throws {
    if let name = updates.keys.sorted().first(where: { !names.contains($0) }) {
      throw TorchError("\(origin): the model has no '\(name)' that could be adapted")
    }
  }
}

extension OpenVLA {
  /// Adds a LoRA adapter to the weights for good, as PEFT's `merge_and_unload`, what is never computed included.
  ///
  /// - Throws: `TorchError` where the adapter does not fit; then nothing has been changed.
  public func merge(_ adapter: LoRAAdapter) throws {
    try adapter.check(fits: Set(storedTensors.map(\.name)))
    let merged = try storedTensors.filter { adapter.updates[$0.name] != nil }.map {
      (weight: $0.tensor, value: try adapter.adapted($0.name, $0.tensor))
    }
    for (weight, value) in merged { weight.assign(value) }
    try throwRecordedFailure()
  }
}
