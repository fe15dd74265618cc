import Foundation
import Testing
import Torch

@testable import Networks

@Suite("Configuration")
struct ConfigurationTests {
  private func read(_ json: String) throws -> OpenVLAConfiguration {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(json.utf8).write(to: url)
    return try OpenVLAConfiguration(contentsOf: url)
  }

  @Test("what the published file omits is Llama-2-7B, with the epsilon that OpenVLA runs with")
  func publishedDefaults() throws {
    let configuration = try read(
      """
      {"arch_specifier": "no-align+fused-gelu-mlp", "image_sizes": [224, 224],
       "timm_model_ids": ["vit_large_patch14_reg4_dinov2.lvd142m", "vit_so400m_patch14_siglip_224"],
       "pad_token_id": 32000, "text_config": {"model_type": "llama", "vocab_size": 32064}}
      """)
    let language = configuration.language
    #expect(language == LlamaConfiguration(vocabularySize: 32064))
    #expect(language.width == 4096 && language.layerCount == 32 && language.heads == 32)
    #expect(language.mlpWidth == 11008 && language.rmsNormEpsilon == 1e-6)
    #expect(configuration.beginToken == 1 && configuration.padToken == 32_000)
    #expect(configuration.own == nil)
  }

  @Test("a written configuration is read back")
  func roundTrip() throws {
    var configuration = OpenVLAConfiguration.small(
      vocabularySize: 600, stem: [24, 48], beginToken: 2)
    configuration.own?.products = .bfloat16
    let json = String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self)
    #expect(try read(json) == configuration)
  }

  @Test(
    "mistakes in the file are named",
    arguments: [
      ("{", "JSON"), ("{}", "arch_specifier"),
      (#"{"arch_specifier": "gelu-mlp"}"#, "text_config"),
      (#"{"arch_specifier": "gelu-mlp", "text_config": {"hidden_size": "big"}}"#, "hidden_size"),
      (
        #"{"arch_specifier": "gelu-mlp", "text_config": {}, "trestle": {"vision": [{"width": 3}]}}"#,
        "patch"
      ),
    ])
  func mistakes(json: String, complaint: String) {
    #expect {
      try read(json)
    } throws: { "\($0)".contains(".json: ") && "\($0)".contains(complaint) }
  }

  struct Impossible: CustomTestStringConvertible, Sendable {
    var complaint: String
    var change: @Sendable (inout OpenVLAConfiguration) -> Void
    var testDescription: String { complaint }
  }

  static let impossible = [
    Impossible(complaint: "does not divide image_size") { $0.own?.vision[0].patchSize = 5 },
    Impossible(complaint: "does not divide width") { $0.own?.vision[0].heads = 3 },
    Impossible(complaint: "feature_block") { $0.own?.vision[0].featureBlock = 9 },
    Impossible(complaint: "width is 0") { $0.own?.vision[0].width = 0 },
    Impossible(complaint: "must share") { $0.own?.vision[0].patchSize = 16 },
    Impossible(complaint: "0 vision transformers") { $0.own?.vision = [] },
    Impossible(complaint: "prompt_length") { $0.own?.promptLength = 0 },
    Impossible(complaint: "even multiple") { $0.language.heads = 5 },
    Impossible(complaint: "num_key_value_heads") { $0.language.keyValueHeads = 3 },
    Impossible(complaint: "bos_token_id") { $0.beginToken = 40 },
    Impossible(complaint: "arch_specifier") { $0.architecture = "linear" },
  ]

  @Test("sizes that do not fit together are refused", arguments: impossible)
  func sizes(_ impossible: Impossible) {
    var configuration = tinyConfiguration()
    impossible.change(&configuration)
    let error = #expect(throws: TorchError.self) { try OpenVLA(configuration, seed: 0) }
    #expect(error?.message.contains(impossible.complaint) == true, "\(error?.message ?? "")")
  }

  @Test("a checkpoint that lacks a tensor or has another shape is refused by name")
  func wrongCheckpoint() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try OpenVLA(tinyConfiguration(), seed: 0).save(to: folder)
    var other = tinyConfiguration(vocabularySize: 41)
    let checkpoint = try Checkpoint(folder: folder)
    let shape = #expect(throws: TorchError.self) {
      try OpenVLA(other, ParameterSource(checkpoint))
    }
    #expect(shape?.message.contains("embed_tokens.weight has shape [40, 24]") == true)
    other = tinyConfiguration()
    other.language.layerCount = 3
    let missing = #expect(throws: TorchError.self) {
      try OpenVLA(other, ParameterSource(checkpoint))
    }
    #expect(missing?.message.contains("holds no tensor language_model.model.layers.2") == true)
    other.language.layerCount = 1
    let extra = #expect(throws: TorchError.self) {
      try OpenVLA(other, ParameterSource(checkpoint))
    }
    #expect(extra?.message.contains("holds tensor language_model.model.layers.1.") == true)
    #expect(extra?.message.contains("and 8 more") == true, "\(extra?.message ?? "")")
  }
}
