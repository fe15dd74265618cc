import EnvironmentInterface
import Foundation
import ImageFiles
import Networks
import RandomNumbers
import TestSupport
import Testing
import Torch

@testable import Policies

/// Right numbers from an independent forward pass: Fixtures/openvla-small/README.md.
@Suite("Checkpoints as others write them")
struct SmallCheckpointTests {
  @Test("the fixture gives the independent pass's answer")
  func plain() throws {
    #expect(try SmallCheckpoint().prediction().tokens == SmallCheckpoint.tokens)
  }

  // MARK: - Keys

  @Test("rope_theta is obeyed wherever transformers writes it")
  func rope() throws {
    let expected = [416, 379, 411, 302, 348, 270, 267]
    let nested = try SmallCheckpoint()
    try nested.change("config.json") { object in
      var text = object["text_config"] as? [String: Any] ?? [:]
      text["rope_theta"] = nil
      text["rope_scaling"] = nil
      text["rope_parameters"] = ["rope_theta": 500_000, "rope_type": "default"] as [String: Any]
      object["text_config"] = text
    }
    #expect(try nested.prediction().tokens == expected)
    let plain = try SmallCheckpoint()
    try plain.set(["text_config", "rope_theta"], to: 500_000)
    #expect(try plain.prediction().tokens == expected)
    try plain.set(["text_config", "rope_parameters"], to: ["rope_theta": 10_000])
    #expect { try plain.prediction() } throws: { "\($0)".contains("rope_theta") }
  }

  @Test("as many bins as n_action_bins says stand for an action's numbers")
  func actionBins() throws {
    let checkpoint = try SmallCheckpoint()
    try checkpoint.set(["n_action_bins"], to: 128)
    let prediction = try checkpoint.prediction()
    #expect(prediction.tokens == SmallCheckpoint.tokens)
    // NumPy: centers of linspace(-1, 1, 128), un-normalised.
    #expect(abs(prediction.action[0] - 0.010511811) < 1e-8)
  }

  @Test("a letterbox that config.json alone asks for is made")
  func letterbox() throws {
    let checkpoint = try SmallCheckpoint()
    try checkpoint.set(["image_resize_strategy"], to: "letterbox")
    // The processor's own file decides where there is one, as from_pretrained has it.
    #expect(try checkpoint.prediction().tokens == SmallCheckpoint.tokens)
    try checkpoint.remove("preprocessor_config.json")
    #expect(try checkpoint.prediction().tokens == [215, 272, 193, 248, 223, 428, 264])
  }

  @Test(
    "transformers 5 keeps the image processor within processor_config.json and looks there first")
  func nestedProcessor() throws {
    let checkpoint = try SmallCheckpoint()
    let strategy = ["image_resize_strategy": "letterbox"]
    try checkpoint.folder.write(
      JSONSerialization.data(withJSONObject: ["image_processor": strategy]),
      as: "processor_config.json")
    #expect(try checkpoint.prediction().tokens == [215, 272, 193, 248, 223, 428, 264])
  }

  @Test("a model on Vicuna is asked in Vicuna's conversation")
  func vicuna() throws {
    let checkpoint = try SmallCheckpoint()
    try checkpoint.set(["llm_backbone_id"], to: "vicuna-v15-7b")
    #expect(try checkpoint.prediction().tokens == [343, 379, 253, 299, 215, 360, 411])
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    var keys: [String]
    /// JSON.
    var value: String
    var testDescription: String { "\(keys.joined(separator: ".")) \(value)" }

    init(_ key: String, _ value: String) {
      (keys, self.value) = (key.split(separator: ".").map(String.init), value)
    }
  }

  @Test(
    "what would change the computation and is not built is refused by its key",
    arguments: [
      Refused("text_config.rope_scaling", #"{"type": "linear", "factor": 4.0}"#),
      Refused("text_config.rope_scaling", #"{"rope_type": "llama3", "factor": 8.0}"#),
      Refused("text_config.rope_parameters", #"{"full_attention": {"rope_theta": 3}}"#),
      Refused("text_config.hidden_act", #""gelu""#), Refused("text_config.sliding_window", "4096"),
      Refused("text_config.tie_word_embeddings", "true"),
      Refused("text_config.model_type", #""mistral""#),
      Refused("text_config.attention_bias", "true"), Refused("text_config.mlp_bias", "true"),
      Refused("text_config.head_dim", "8"), Refused("text_config.bos_token_id", "3"),
      Refused("text_config.quantization_config", #"{"bits": 4}"#),
      Refused("text_config.partial_rotary_factor", "0.5"),
      Refused("text_config.rms_norm_eps", "-1"), Refused("text_config.rope_theta", "0"),
      Refused("text_config.max_position_embeddings", "100000000"),
      Refused("arch_specifier", #""no-align+linear""#),
      Refused("arch_specifier", #""film-gelu-mlp""#),
      Refused("llm_backbone_id", #""mistral-v0.1-7b-instruct""#),
      Refused("image_resize_strategy", #""resize-odd""#), Refused("n_action_bins", "100000"),
      Refused("n_action_bins", "1"), Refused("pad_to_multiple_of", "-64"),
      Refused("num_beams", "5"), Refused("repetition_penalty", "1.2"),
      Refused("suppress_tokens", "[300]"), Refused("eos_token_id", "300"),
      Refused("use_film", "true"), Refused("moe_layers", "0"), Refused("pad_token_id", "512"),
      Refused("policy.action_choicess", #"["mean"]"#),
      Refused("policy.action_choices", #"["mean"]"#),
      Refused("policy.location_bins", "1000000000"), Refused("policy.executed_length", "3"),
      Refused("policy.action_normalization", #""bounds""#),
      Refused("policy.prompt", #""vicuna""#),
      Refused("policy.parallel_decoding", #"{"images": 1, "chunk": 8}"#),
      Refused("policy.instructions", "\"loud\""),
      Refused("timm_override_act_layers", #"["gelu_new", null]"#),
    ])
  func refused(_ refused: Refused) throws {
    let checkpoint = try SmallCheckpoint()
    let value = try JSONSerialization.jsonObject(
      with: Data(refused.value.utf8), options: .fragmentsAllowed)
    try checkpoint.set(refused.keys, to: value)
    #expect {
      try checkpoint.prediction()
    } throws: {
      let message = "\($0)"
      return message.contains("config.json") && message.contains(refused.keys.last ?? "")
    }
  }

  @Test(
    "other files that would change the computation are refused by key, their usual content is taken",
    arguments: [
      (
        "generation_config.json",
        #"{"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "_from_model_config": true, "transformers_version": "4.40.1"}"#,
        ""
      ),
      ("generation_config.json", #"{"repetition_penalty": 1.1}"#, "repetition_penalty"),
      ("generation_config.json", #"{"eos_token_id": [2, 273]}"#, "eos_token_id"),
      ("generation_config.json", #"{"num_beams": 4}"#, "num_beams"),
      (
        "tokenizer_config.json",
        #"{"add_bos_token": true, "add_eos_token": false, "bos_token": {"content": "<s>"}, "tokenizer_class": "LlamaTokenizer", "legacy": false, "added_tokens_decoder": {"0": {"content": "<unk>"}}}"#,
        ""
      ),
      ("tokenizer_config.json", #"{"add_bos_token": false}"#, "add_bos_token"),
      ("tokenizer_config.json", #"{"add_eos_token": true}"#, "add_eos_token"),
      ("tokenizer_config.json", #"{"tokenizer_class": "GemmaTokenizer"}"#, "tokenizer_class"),
      (
        "tokenizer_config.json", #"{"added_tokens_decoder": {"9": {"content": "carrot"}}}"#,
        "carrot"
      ),
      ("tokenizer_config.json", #"{"do_lower_case": true}"#, "do_lower_case"),
      ("tokenizer.json", #"{"model": {"vocab": {"<unk>": 0, "<s>": 1, "</s>": 2}}}"#, ""),
      ("tokenizer.json", #"{"model": {"vocab": {"<s>": 2}}}"#, "'<s>'"),
      ("tokenizer.json", #"{"model": {"vocab": {"carrot pie": 7}}}"#, "carrot pie"),
      ("added_tokens.json", #"{"<PAD>": 32000}"#, ""),
      ("added_tokens.json", #"{"carrot": 9}"#, "carrot"),
      ("adapter_config.json", "{}", "--adapter"),
      ("processor_config.json", #"{"scale": 2}"#, "scale"),
      ("processor_config.json", #"{"processor_class": "PrismaticProcessor"}"#, ""),
    ])
  func otherFiles(name: String, text: String, complaint: String) throws {
    let checkpoint = try SmallCheckpoint()
    try checkpoint.folder.write(Data(text.utf8), as: name)
    if complaint.isEmpty {
      #expect(try checkpoint.prediction().tokens == SmallCheckpoint.tokens)
    } else {
      #expect {
        try PolicyCheckpoint(at: checkpoint.folder.url).makePolicy(name: "x", statisticsKey: nil)
      } throws: { "\($0)".contains(name) && "\($0)".contains(complaint) }
    }
  }

  // MARK: - Weights

  @Test("a whole file is loaded, not the shards of an index that was left beside it")
  func staleIndex() throws {
    let checkpoint = try SmallCheckpoint()
    let shard = "model-00001-of-00001.safetensors"
    try SafetensorsFile.write(
      [NamedTensor("a", .zeros([1]))], to: checkpoint.folder.url.appendingPathComponent(shard))
    for map in [["a": shard], ["a": "gone.safetensors"]] {
      try checkpoint.folder.write(
        JSONSerialization.data(withJSONObject: ["weight_map": map]),
        as: "model.safetensors.index.json")
      #expect(try checkpoint.prediction().tokens == SmallCheckpoint.tokens)
    }
  }

  @Test(
    "a pointer of Git LFS is called one, whatever file it stands for",
    arguments: [
      "config.json", "model.safetensors", "tokenizer.model", "preprocessor_config.json",
      "dataset_statistics.json", "generation_config.json", "tokenizer_config.json",
    ])
  func lfsPointers(name: String) throws {
    let checkpoint = try SmallCheckpoint()
    try checkpoint.folder.write(
      Data("version https://git-lfs.github.com/spec/v1\noid sha256:3f\nsize 69\n".utf8), as: name)
    #expect {
      try checkpoint.prediction()
    } throws: { "\($0)".contains(name) && "\($0)".contains("Git LFS") }
  }

  @Test("every file that is read belongs to the digest of the weights, and no other")
  func digest() throws {
    let checkpoint = try SmallCheckpoint()
    func digest() throws -> String { try PolicyCheckpoint(at: checkpoint.folder.url).weightsHash() }
    var seen = [try digest()]
    for name in [
      "preprocessor_config.json", "generation_config.json", "tokenizer_config.json",
      "added_tokens.json", "processor_config.json", "dataset_statistics.json",
    ] {
      try checkpoint.folder.write(Data(#"{"x": 1}"#.utf8), as: name)
      seen.append(try digest())
    }
    #expect(Set(seen).count == seen.count)
    try checkpoint.folder.write(Data("{}".utf8), as: "model.safetensors.index.json")
    try checkpoint.folder.write(Data("x".utf8), as: "notes.txt")
    #expect(try digest() == seen.last)
  }

  // MARK: - Pictures

  @Test("transparency is dropped and colours are kept; a camera's stray bytes do no harm")
  func pictures() throws {
    #expect(try SmallCheckpoint().prediction("alpha.png").tokens == SmallCheckpoint.tokens)
    #expect(
      try SmallCheckpoint().prediction("camera.jpg").tokens
        == [379, 388, 387, 428, 288, 319, 270])
  }

  // MARK: - Adapters

  private func adapter(_ change: (inout [String: Any]) -> Void) throws -> LinkedFolder {
    let source = SmallCheckpoint.source.appendingPathComponent("lora")
    let folder = try LinkedFolder()
    try folder.link(filesOf: source) { _ in true }
    let data = try Data(contentsOf: source.appendingPathComponent("adapter_config.json"))
    var object = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    change(&object)
    try folder.write(JSONSerialization.data(withJSONObject: object), as: "adapter_config.json")
    return folder
  }

  @Test(
    "adapters that PEFT applies in another way are refused by the key that asks for it",
    arguments: [
      Refused("init_lora_weights", #""pissa""#), Refused("init_lora_weights", #""pissa_niter_16""#),
      Refused("init_lora_weights", #""olora""#), Refused("init_lora_weights", #""corda""#),
      Refused("init_lora_weights", #""loftq""#), Refused("use_dora", "true"),
      Refused("use_qalora", "true"), Refused("lora_bias", "true"), Refused("bias", #""all""#),
      Refused("fan_in_fan_out", "true"), Refused("modules_to_save", #"["lm_head"]"#),
      Refused("alora_invocation_tokens", "[1, 2]"),
      Refused("layer_replication", "[[0, 2], [1, 2]]"),
      Refused("rank_pattern", #"{"q_proj": 4}"#), Refused("alpha_pattern", #"{"q_proj": 4}"#),
      Refused("trainable_token_indices", "[1]"), Refused("target_parameters", #"["w"]"#),
      Refused("target_modules", #"["v_proj"]"#), Refused("loftq_config", #"{"loftq_bits": 4}"#),
      Refused("layers_to_transform", "[0]"), Refused("peft_type", #""IA3""#),
      Refused("r", "0"), Refused("use_new_thing", "1"),
    ])
  func refusedAdapters(_ refused: Refused) throws {
    let value = try JSONSerialization.jsonObject(
      with: Data(refused.value.utf8), options: .fragmentsAllowed)
    let adapter = try adapter { $0[refused.keys[0]] = value }
    #expect {
      try SmallCheckpoint().prediction(adapter: adapter.url)
    } throws: { "\($0)".contains("adapter_config.json") && "\($0)".contains(refused.keys[0]) }
  }

  @Test("an ordinary adapter of today's PEFT is merged, whichever harmless way it began")
  func ordinaryAdapters() throws {
    let plain = try SmallCheckpoint().prediction(
      adapter: SmallCheckpoint.source.appendingPathComponent("lora")
    ).tokens
    #expect(plain != SmallCheckpoint.tokens)
    for beginning in ["gaussian", "eva", "orthogonal"] {
      let adapter = try adapter {
        $0["init_lora_weights"] = beginning
        $0["qalora_group_size"] = 16
        $0["megatron_core"] = "megatron.core"
        $0["eva_config"] = beginning == "eva" ? ["rho": 2.0] : nil
      }
      #expect(try SmallCheckpoint().prediction(adapter: adapter.url).tokens == plain)
    }
  }

  // MARK: - Before the first episode

  @Test("a checkpoint that can't act is told without its weights being read")
  func checks() throws {
    let loading = CheckpointLoading(device: .cpu)
    func check(_ checkpoint: SmallCheckpoint) throws {
      try PolicyCheckpoint(at: checkpoint.folder.url).check(loading: loading, statisticsKey: nil)
    }
    try check(SmallCheckpoint())
    let missing = try SmallCheckpoint()
    let file = try SafetensorsFile(missing.folder.url.appendingPathComponent("model.safetensors"))
    let kept = try file.names.filter { $0 != "language_model.lm_head.weight" }.map {
      NamedTensor($0, try file.tensor($0))
    }
    let name = "cut.safetensors"
    try SafetensorsFile.write(kept, to: missing.folder.url.appendingPathComponent(name))
    try missing.folder.link(
      missing.folder.url.appendingPathComponent(name), as: "model.safetensors")
    #expect { try check(missing) } throws: { "\($0)".contains("lm_head") }
    let several = try SmallCheckpoint()
    try several.folder.write(Data(#"{"a": {}, "b": {}}"#.utf8), as: "dataset_statistics.json")
    #expect { try check(several) } throws: { "\($0)".contains("--unnorm-key") }
    let wordless = try SmallCheckpoint()
    try wordless.remove("tokenizer.model")
    #expect { try check(wordless) } throws: { "\($0)".contains("tokenizer.model") }
  }

  @Test(
    "the shipped checkpoints can act",
    arguments: [
      "openvla-grounded", "openvla", "openvla-oft", "diffusion-policy", "diffusion-policy-matched",
      "diffusion-policy-matched-blind", "scratch", "from-nothing", "openvla-bridge",
      "diffusion-policy-put-carrot", "diffusion-policy-pour-corn", "diffusion-policy-flip-pot",
      "diffusion-policy-seed2", "openvla-grounded-seed2", "openvla-oft-seed2", "openvla-seed2",
      "scratch-seed2",
    ])
  func shipped(name: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let checkpoint = try PolicyCheckpoint(at: root.appendingPathComponent("Checkpoints/\(name)"))
    // What learned in several set-ups is asked about one.
    let key = name == "openvla-bridge" ? "bridge-sink" : nil
    try checkpoint.check(loading: CheckpointLoading(device: .cpu), statisticsKey: key)
  }
}
