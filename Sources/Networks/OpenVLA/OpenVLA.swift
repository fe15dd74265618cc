import Foundation
import Torch

/// OpenVLA (Kim and others, 2024): patch features of one or two vision transformers, projected into the token
/// space of a Llama that continues the prompt with action tokens.
///
/// The sequence is `[begin] [patches] [rest of the prompt]`, causal throughout. Parameter names are those
/// of the published Hugging Face checkpoints, which the same code loads. A network belongs to one thread
/// at a time.
///
/// ```swift
/// let network = try OpenVLA(.small(vocabularySize: 600), seed: 0)         // fresh
/// let optimizer = try AdamW(network)
/// let batch = try PackedSegments(tokens: tokens, targets: targets)        // [B][K][…]
/// let loss = network.packedLoss(pixelValues: pixels, batch)               // pixels [B, 6, side, side]
/// try loss.backward()
/// try clipGradientNorm(network.parameters.map(\.tensor), maximum: 1)
/// try optimizer.step(learningRate: 1e-3)
/// optimizer.clearGradients()
/// try network.save(to: folder)
/// let loaded = try OpenVLA(folder: folder)
/// let actions = try loaded.generate(pixelValues: pixels, prompts: prompts, tokenCount: 7)
/// ```
public final class OpenVLA: Module {
  public let configuration: OpenVLAConfiguration
  public let vision: VisionBackbone
  public let projector: Projector
  public let language: LlamaModel
  public let parameters: [NamedTensor]
  /// What the checkpoint holds beyond that: a published one has blocks and norms after the feature, which
  /// are not computed but belong into a copy of it.
  let uncomputed: [NamedTensor]
  /// Changes of the weights that are kept beside them; `parameters` does not hold their factors.
  public let adapter: LoRAAdapter?
  /// How linear layers multiply when the network acts in float32 on a CPU; as its configuration says, unless it is set.
  public var products: ProductPrecision
  private let quantized: (names: Set<String>, byteCount: Int)

  /// All that a checkpoint of the network holds, what is never computed included.
  public var storedTensors: [NamedTensor] { parameters + uncomputed }

  /// Bytes that the computed weights take.
  public var weightByteCount: Int {
    parameters.reduce(quantized.byteCount) { $0 + $1.tensor.count * $1.tensor.dtype.byteCount }
  }

  /// A fresh network; the same seed gives the same parameters.
  public convenience init(
    _ configuration: OpenVLAConfiguration, seed: UInt64, dtype: DType = .float32,
    device: Device = .standard
  ) throws {
    try self.init(configuration, ParameterSource(seed: seed, dtype: dtype, device: device))
  }

  /// The network that `folder` holds in the Hugging Face layout: `config.json` and safetensors.
  ///
  /// - Parameters:
  ///   - quantization: How linear layers keep their weights; such a network acts and is neither trained nor saved.
  ///   - adapter: Added to the weights as they are read.
  ///   - attached: Kept beside the weights, so that its factors can be trained; saving adds it to the saved weights.
  public convenience init(
    folder: URL, dtype: DType = .float32, device: Device = .standard,
    quantization: WeightQuantization? = nil, adapter: LoRAAdapter? = nil,
    attached: LoRAAdapter? = nil
  ) throws {
    let configuration = try OpenVLAConfiguration(
      contentsOf: folder.appendingPathComponent("config.json"))
    let checkpoint = try Checkpoint(folder: folder)
    try adapter?.check(fits: checkpoint)
    try attached?.check(fits: checkpoint)
    do {
      try self.init(
        configuration,
        ParameterSource(
          checkpoint, dtype: dtype, device: device, quantization: quantization,
          adjust: { name, weight in try adapter?.adapted(name, weight) ?? weight },
          update: { name, shape in try attached?.update(of: name, shape: shape) }),
        attached: attached)
    } catch let error as TorchError {
      throw error.naming(configurationIn: folder)
    }
  }

  /// The network that `folder` holds, with shapes in the place of weights: what it throws, loading would throw.
  ///
  /// Names, shapes and types are compared with the configuration and the adapter; nothing is read.
  public convenience init(checking folder: URL, adapter: LoRAAdapter? = nil) throws {
    let checkpoint = try Checkpoint(folder: folder)
    try adapter?.check(fits: checkpoint)
    do {
      try self.init(
        OpenVLAConfiguration(contentsOf: folder.appendingPathComponent("config.json")),
        ParameterSource(checkpoint, dtype: .bfloat16, device: .meta))
    } catch let error as TorchError {
      throw error.naming(configurationIn: folder)
    }
  }

  /// The network without its weights: names, shapes and types, for counting.
  public convenience init(shapesOf configuration: OpenVLAConfiguration, dtype: DType = .bfloat16)
    throws
  {
    try self.init(configuration, ParameterSource(shapesOfType: dtype))
  }

  public convenience init(
    _ configuration: OpenVLAConfiguration, _ source: ParameterSource
  ) throws {
    try self.init(configuration, source, attached: nil)
  }

  private init(
    _ configuration: OpenVLAConfiguration, _ source: ParameterSource, attached: LoRAAdapter?
  ) throws {
    self.configuration = configuration
    adapter = attached
    products = configuration.own?.products ?? .float32
    try configuration.language.validate()
    try configuration.validate()
    let visionScope = source.root["vision_backbone"]
    vision = try VisionBackbone(
      visionScope, try Self.visionConfigurations(configuration, visionScope))
    projector = try Projector(
      source.root["projector"],
      kind: try .init(
        architecture: configuration.architecture, isFused: configuration.isFused),
      input: vision.width, output: configuration.language.width)
    language = try LlamaModel(source.root["language_model"], configuration.language)
    try throwRecordedFailure()
    parameters = source.parameters
    quantized = source.quantized
    let known = try Self.uncomputedShapes(configuration, vision, source)
    uncomputed = source.isShapesOnly ? known : try source.unusedTensors()
    try Self.checkKnown(source.unusedNames, known: Set(known.map(\.name)))
  }

  /// Throws where a checkpoint holds what its configuration has no place for: one of the two belongs to another model.
  private static func checkKnown(_ names: [String], known: Set<String>) throws {
    // A buffer that older versions of transformers stored; it follows from the configuration.
    let strange = names.filter { !known.contains($0) && !$0.hasSuffix(".rotary_emb.inv_freq") }
    guard let first = strange.first else { return }
    let others = strange.count > 1 ? " and \(strange.count - 1) more" : ""
    throw TorchError(
      "the checkpoint holds tensor \(first)\(others), for which config.json has no place: is it the one of these weights?"
    )
  }

  /// What the published checkpoint of `configuration` holds beyond the computed parameters; a network of our own has
  /// nothing of the kind.
  private static func uncomputedShapes(
    _ configuration: OpenVLAConfiguration, _ vision: VisionBackbone, _ source: ParameterSource
  ) throws -> [NamedTensor] {
    guard configuration.own == nil, let ids = configuration.timmModelIDs else { return [] }
    let rest = ParameterSource(shapesOfType: source.dtype)
    for (index, id) in ids.enumerated() {
      try UncomputedVision.declare(
        rest.root["vision_backbone"][VisionBackbone.names[index]],
        vision.transformers[index].configuration,
        hasAttentionPool: PublishedVision.hasAttentionPool(id))
    }
    return rest.parameters
  }

  private static func visionConfigurations(
    _ configuration: OpenVLAConfiguration, _ scope: ParameterScope
  ) throws -> [VisionTransformerConfiguration] {
    if let own = configuration.own {
      for transformer in own.vision { try transformer.validateMargin() }
      return own.vision
    }
    return try PublishedVision.configurations(for: configuration, in: scope)
  }

  // MARK: - Forward

  /// Patch features `[B, patches, vision.width]` of `pixelValues` `[B, vision.channelCount, side, side]`.
  ///
  /// The first three channels are normalized for the first transformer, the others for the second: in
  /// openvla-7b DINOv2, then SigLIP.
  public func patchFeatures(_ pixelValues: Tensor) -> Tensor {
    vision(pixelValues.to(language.device).to(language.dtype))
  }

  /// The same of images as a camera gives them.
  func patchFeatures(_ images: VisionInput) -> Tensor {
    vision(images, dtype: language.dtype, device: language.device)
  }

  /// `[begin] [patches]` as embeddings `[B, 1 + patches, width]`.
  public func prefix(patchFeatures: Tensor) -> Tensor {
    let begin = language.embed(
      Tensor([configuration.beginToken], shape: [1, 1]).to(language.device))
    let batch = patchFeatures.size(0)
    return .concatenated(
      [begin.expanded([batch, 1, -1]), projector(patchFeatures)], dimension: 1)
  }

  /// Logits `[B, N − 1, vocabulary]` of the positions of `inputIDs[1...]`, `[B, N]` with the begin token
  /// first: one plain causal pass, the way the published implementation computes them.
  ///
  /// The last patch's logits, which predict `inputIDs[1]`, are not returned.
  public func logits(pixelValues: Tensor, inputIDs: Tensor) -> Tensor {
    let prefix = prefix(patchFeatures: patchFeatures(pixelValues))
    let length = inputIDs.size(1)
    let text = language.embed(inputIDs.to(language.device).narrowed(1, 1..<max(1, length)))
    let hidden = language.hidden(.concatenated([prefix, text], dimension: 1))
    let start = vision.patchCount + 1
    return language.logits(hidden.narrowed(1, start..<start + max(0, length - 1)))
  }

  // MARK: - Saving

  /// Writes `config.json` and `model.safetensors` into `folder`, which is made where it is missing.
  ///
  /// What a loaded checkpoint held beyond the computed parameters is written too; an attached adapter is added to the
  /// weights that are written.
  ///
  /// - Parameter extraConfiguration: a JSON object whose keys (`norm_stats`, say) join those of the
  ///   configuration in `config.json`; the configuration's own win.
  public func save(
    to folder: URL, dtype: DType? = nil, extraConfiguration: Data = Data("{}".utf8)
  ) throws {
    guard quantized.names.isEmpty else {
      throw TorchError(
        "a quantized network can't be saved: its weights are rounded; load it without")
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let weights = try storedTensors.map {
      NamedTensor($0.name, try adapter?.adapted($0.name, $0.tensor) ?? $0.tensor)
    }
    try writeTensors(
      weights, to: folder.appendingPathComponent("model.safetensors"), dtype: dtype)
    try writeConfiguration(
      configuration, modelType: "openvla", extra: extraConfiguration,
      to: folder.appendingPathComponent("config.json"))
  }
}
