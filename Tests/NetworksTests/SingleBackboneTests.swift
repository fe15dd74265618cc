import Foundation
import Testing
import Torch

@testable import Networks

/// Networks with one vision transformer compute what timm and transformers compute: see Fixtures/README.md.
@Suite("Single vision backbones")
struct SingleBackboneTests {
  /// Of the largest magnitude: float32 sums taken in another order.
  let tolerance = 1e-4
  static let names = ["clip", "siglip", "dinov2"]

  static func folder(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/single-backbones/\(name)")
  }

  private func expectNear(_ actual: Tensor, _ expected: Tensor) throws {
    #expect(actual.shape == expected.shape)
    let scale = try expected.absolute().max().item()
    #expect(try largestDifference(actual, expected) < tolerance * scale)
  }

  @Test("features and logits agree with timm's", arguments: names)
  func forward(_ name: String) throws {
    let network = try OpenVLA(folder: Self.folder(name))
    let expected = try Checkpoint(folder: Self.folder(name), stem: "expected")
    let pixels = try expected.tensor("pixel_values")
    try expectNear(
      network.patchFeatures(pixels).squeezed(0), try expected.tensor("patch_features"))
    let tokens = try expected.tensor("input_ids")
    let logits = network.logits(pixelValues: pixels, inputIDs: tokens)
    try expectNear(
      logits.selected(0, 0).selected(0, tokens.size(1) - 2), try expected.tensor("last_logits"))
  }

  @Test("a saved copy holds every tensor and every key that the network follows", arguments: names)
  func copying(_ name: String) throws {
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: copy) }
    let network = try OpenVLA(folder: Self.folder(name), dtype: .bfloat16)
    try network.save(to: copy)
    #expect(try OpenVLA(folder: copy).configuration == network.configuration)
    let (original, copied) = (
      try Checkpoint(folder: Self.folder(name)), try Checkpoint(folder: copy)
    )
    #expect(original.names == copied.names)
    for name in original.names {
      #expect(try copied.tensor(name).isIdentical(to: original.tensor(name)), "\(name)")
    }
  }

  @Test("CLIP needs the quick GELU, its norm's own epsilon and the class token's position")
  func clipDetails() throws {
    let folder = Self.folder("clip")
    let expected = try Checkpoint(folder: folder, stem: "expected")
    let reference = try expected.tensor("patch_features")
    func difference(_ change: (inout VisionTransformerConfiguration) -> Void) throws -> Double {
      let source = ParameterSource(try Checkpoint(folder: folder))
      let scope = source.root["vision_backbone"]
      let configuration = try OpenVLAConfiguration(
        contentsOf: folder.appendingPathComponent("config.json"))
      var vision = try PublishedVision.configurations(for: configuration, in: scope)[0]
      change(&vision)
      let backbone = try VisionBackbone(scope, [vision])
      return try largestDifference(
        backbone(try expected.tensor("pixel_values")).squeezed(0), reference)
    }
    let exact = try difference { _ in }
    #expect(try difference { $0.activation = .gelu } > 100 * exact)
    #expect(try difference { $0.normEpsilon = 1e-3 } > 10 * exact)
    #expect(throws: TorchError.self) { try difference { $0.prefixHasPositions = false } }
  }

  struct Mistake: CustomTestStringConvertible, Sendable {
    var complaint: String
    var change: @Sendable (inout OpenVLAConfiguration) -> Void
    var testDescription: String { complaint }
  }

  static let mistakes = [
    Mistake(complaint: "vit_base_patch16_clip_224.openai is not known; known are") {
      $0.timmModelIDs = ["vit_base_patch16_clip_224.openai"]
    },
    Mistake(complaint: "the act layer relu in timm_override_act_layers is not known") {
      $0.activations = ["relu"]
    },
    Mistake(complaint: "timm_override_act_layers has 2 entries for 1 models") {
      $0.activations = [nil, nil]
    },
    Mistake(complaint: "use_fused_vision_backbone is true, timm_model_ids names 1") {
      $0.isFused = true
    },
    Mistake(complaint: "arch_specifier is no-align+fused-gelu-mlp") {
      $0.architecture = "no-align+fused-gelu-mlp"
    },
    Mistake(complaint: "image_sizes has no entry") { $0.imageSizes = [] },
    Mistake(complaint: "pos_embed has shape [1, 10, 16]") { $0.imageSizes = [16] },
  ]

  @Test("what does not fit in config.json is named", arguments: mistakes)
  func mistake(_ mistake: Mistake) throws {
    let folder = Self.folder("clip")
    var configuration = try OpenVLAConfiguration(
      contentsOf: folder.appendingPathComponent("config.json"))
    mistake.change(&configuration)
    let error = #expect(throws: TorchError.self) {
      try OpenVLA(configuration, ParameterSource(try Checkpoint(folder: folder)))
    }
    #expect(error?.message.contains(mistake.complaint) == true, "\(error?.message ?? "")")
  }
}
