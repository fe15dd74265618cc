import Foundation
import Testing
import Torch

@testable import Networks

/// The real networks, built without memory, have the published sizes.
@Suite("Published sizes")
struct PublishedSizeTests {
  static let dino = "vit_large_patch14_reg4_dinov2.lvd142m"
  static let sigLIP = "vit_so400m_patch14_siglip_224"

  /// Llama-2-7B with its vocabulary padded from 32,001 to a multiple of 64, as openvla-7b has it.
  private func network(_ ids: [String], imageSize: Int = 224) throws -> OpenVLA {
    try OpenVLA(
      shapesOf: OpenVLAConfiguration(
        architecture: ids.count == 2 ? "no-align+fused-gelu-mlp" : "no-align+gelu-mlp",
        imageSizes: ids.map { _ in imageSize }, timmModelIDs: ids,
        language: LlamaConfiguration(vocabularySize: 32_064)))
  }

  private func count(_ tensors: [NamedTensor], _ prefix: String) -> Int {
    tensors.filter { $0.name.hasPrefix(prefix) }.reduce(0) { $0 + $1.tensor.count }
  }

  /// The parts sum to the bytes of the three published shards in bfloat16, 15,082,474,368.
  @Test("openvla-7b has 7,541,237,184 parameters in 982 tensors")
  func openVLA7B() throws {
    let tensors = try network([Self.dino, Self.sigLIP]).storedTensors
    #expect(tensors.count == 982)
    #expect(Set(tensors.map(\.name)).count == 982)
    #expect(count(tensors, "") == 7_541_237_184)
    #expect(count(tensors, "language_model.") == 6_738_939_904)
    #expect(count(tensors, "vision_backbone.featurizer.") == 303_230_976)
    #expect(count(tensors, "vision_backbone.fused_featurizer.") == 427_680_704)
    #expect(count(tensors, "projector.") == 71_385_600)
    #expect(
      ["language_model.", "vision_backbone.featurizer.", "vision_backbone.fused_featurizer."].map {
        prefix in tensors.count { $0.name.hasPrefix(prefix) }
      } == [291, 343, 342])
  }

  struct Paper: CustomTestStringConvertible, Sendable {
    var strategy: AdaptationStrategy
    /// Trained parameters, table 1 of the paper [millions].
    var millions: Double
    var testDescription: String { strategy.rawValue }
  }

  static let paper = [
    Paper(strategy: .full, millions: 7_188.1), Paper(strategy: .lastLayer, millions: 465.1),
    Paper(strategy: .frozenVision, millions: 6_760.4), Paper(strategy: .sandwich, millions: 914.2),
    Paper(strategy: .lora, millions: 0),
  ]

  @Test(
    "each strategy trains as many parameters of the SigLIP-only model as in the paper",
    arguments: paper)
  func strategies(_ paper: Paper) throws {
    let trained = try network([Self.sigLIP]).trainedCount(under: paper.strategy)
    #expect(abs(Double(trained) / 1e6 - paper.millions) < 0.051, "\(trained)")
  }

  /// To the number, from the same parts.
  @Test("the strategies' counts are sums of parts")
  func exactCounts() throws {
    let network = try network([Self.sigLIP])
    let lastLayer = 2 * 32_064 * 4096 + 4 * 4096 * 4096 + 3 * 4096 * 11_008 + 2 * 4096
    let (vision, projector) = (427_680_704, 1152 * 4096 + 4096 + 4096 * 4096 + 4096)
    let all = 6_738_939_904 + vision + projector
    #expect(all == 7_188_124_608)
    #expect(network.trainedCount(under: .full) == all)
    #expect(network.trainedCount(under: .lastLayer) == lastLayer)
    #expect(network.trainedCount(under: .frozenVision) == all - vision)
    #expect(network.trainedCount(under: .sandwich) == lastLayer + vision + projector)
  }

  /// What PEFT counts as trainable for `all-linear`; the paper prints 97.6 and 195.2 million for the SigLIP-only model.
  @Test("LoRA trains as many parameters as PEFT's all-linear")
  func lora() throws {
    let single = try network([Self.sigLIP])
    #expect(single.factorCount(of: LoRASize(rank: 32)) == 97_603_968)
    #expect(single.factorCount(of: LoRASize(rank: 64)) == 2 * 97_603_968)
    let fused = try network([Self.dino, Self.sigLIP])
    #expect(fused.factorCount(of: LoRASize(rank: 32)) == 110_828_288)
    #expect(fused.factorCount(of: LoRASize(rank: 64)) == 221_656_576)
    #expect(LoRASize(rank: 32).alpha == 16 && LoRASize(rank: 8).alpha == 8)
  }

  /// The tiny checkpoints hold what the published layout says that they hold.
  @Test("the layout's names are those of a checkpoint", arguments: SingleBackboneTests.names)
  func layout(_ name: String) throws {
    let folder = SingleBackboneTests.folder(name)
    let stored = try OpenVLA(folder: folder)
    // Without a checkpoint the transformers have their published depth; what one block holds is the same.
    var configuration = stored.configuration
    configuration.imageSizes = [224]
    let described = try OpenVLA(shapesOf: configuration)
    func kinds(_ network: OpenVLA) -> Set<String> {
      Set(network.storedTensors.map { $0.name.replacing(/\.[0-9]+\./, with: ".N.") })
    }
    #expect(kinds(described) == kinds(stored))
  }

  struct Transformer: CustomTestStringConvertible, Sendable {
    var id: String
    var imageSize: Int
    var patchCount: Int
    var tensorCount: Int
    var parameterCount: Int
    var testDescription: String { "\(id) at \(imageSize)" }
  }

  /// Counted of timm 0.9.16's models with `num_classes=0`.
  static let transformers = [
    Transformer(
      id: dino, imageSize: 224, patchCount: 256, tensorCount: 343, parameterCount: 303_230_976),
    Transformer(
      id: sigLIP, imageSize: 224, patchCount: 256, tensorCount: 342, parameterCount: 427_680_704),
    Transformer(
      id: "vit_so400m_patch14_siglip_384", imageSize: 384, patchCount: 729, tensorCount: 342,
      parameterCount: 428_225_600),
    Transformer(
      id: "vit_large_patch14_clip_224.openai", imageSize: 224, patchCount: 256, tensorCount: 295,
      parameterCount: 303_179_776),
    Transformer(
      id: "vit_large_patch14_clip_336.openai", imageSize: 336, patchCount: 576, tensorCount: 295,
      parameterCount: 303_507_456),
  ]

  @Test("each vision transformer has timm's size", arguments: transformers)
  func transformer(_ transformer: Transformer) throws {
    let network = try network([transformer.id], imageSize: transformer.imageSize)
    #expect(network.vision.channelCount == 3)
    #expect(network.vision.patchCount == transformer.patchCount)
    let tensors = network.storedTensors.filter { $0.name.hasPrefix("vision_backbone.") }
    #expect(tensors.count == transformer.tensorCount)
    #expect(count(tensors, "") == transformer.parameterCount)
  }

  @Test("a network without memory can't be read, and says so")
  func reading() throws {
    let network = try network([Self.sigLIP])
    #expect(network.parameters[0].tensor.device == .meta)
    #expect(throws: TorchError.self) { try network.parameters[0].tensor.floats() }
  }
}
