import Console
import EnvironmentInterface
import Environments
import Foundation
import Networks
import Policies
import RandomNumbers
import Rendering
import Torch

/// What a GPU does with all of this in a few minutes: acting at the small and the published size, chunks, training, drawing.
///
/// `performance device [--dry] [--only=small|published|drawing|training] [ROOT]` prints one JSON object a line, as soon as each is
/// measured. `--dry` runs the same code on the processor with small sizes; drawing alone needs no CUDA. `Scripts/gpu_check` sets the lines beside PyTorch's.
struct DeviceCheck {
  let device: Device
  let isDry: Bool
  let root: URL

  private struct Line: Encodable {
    var what: String
    var value: Double
    var unit: String
    var note: String?
  }

  static func measure(_ arguments: [String]) throws {
    let isDry = arguments.contains("--dry")
    let root = arguments.last { !$0.hasPrefix("--") } ?? FileManager.default.currentDirectoryPath
    let chosen = arguments.first { $0.hasPrefix("--only=") }.map { String($0.dropFirst(7)) }
    // OpenGL draws, whatever torch finds.
    let needsCUDA = !isDry && chosen != "drawing"
    if needsCUDA, !isCUDAAvailable {
      throw TorchError("no CUDA device; --dry runs on the processor")
    }
    keepFreedMemory()
    let check = DeviceCheck(
      device: needsCUDA ? .cuda(0) : .cpu, isDry: isDry, root: URL(fileURLWithPath: root))
    let steps: [(String, () throws -> Void)] = [
      ("small", check.small), ("published", check.published), ("drawing", check.drawing),
      ("training", check.training),
    ]
    if let chosen, !steps.contains(where: { $0.0 == chosen }) {
      throw TorchError(
        "--only=\(chosen): there are \(steps.map(\.0).joined(separator: ", "))")
    }
    for (name, step) in steps where chosen == nil || chosen == name {
      // What fails is said, and the rest is measured all the same.
      do { try step() } catch { try check.report(name, 0, "failed", "\(error)") }
    }
  }

  private func report(_ what: String, _ value: Double, _ unit: String, _ note: String? = nil) throws
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try encoder.encode(Line(what: what, value: value, unit: unit, note: note))
    StandardStreams.print(String(decoding: line, as: UTF8.self) + "\n")
  }

  /// Units a second: the median of calls that wait for the device.
  private func rate(_ units: Int, _ work: () throws -> Void) throws -> Double {
    for _ in 0..<(isDry ? 1 : 3) {
      try work()
    }
    try synchronize(device)
    let clock = ContinuousClock()
    var times: [Double] = []
    let start = clock.now
    while times.count < (isDry ? 2 : 8) || clock.now - start < .seconds(isDry ? 0 : 2) {
      let begin = clock.now
      try work()
      try synchronize(device)
      let parts = (clock.now - begin).components
      times.append(Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
    }
    return Double(units) / times.sorted()[times.count / 2]
  }

  private func images(_ count: Int, side: Int) -> VisionInput {
    var stream = RandomStream(seed: 4)
    let pixels = (0..<count * side * side * 3).map { _ in
      UInt8(truncatingIfNeeded: Int(stream.uniform(in: 0...255)))
    }
    return .raw(
      Tensor(pixels, shape: [count, side, side, 3]),
      [
        .init(mean: [0.48, 0.45, 0.4], std: [0.23, 0.22, 0.22]),
        .init(mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5]),
      ])
  }

  // MARK: - The shipped model

  /// The same answers as the processor's, and decisions a second.
  private func small() throws {
    let folder = root.appendingPathComponent("Checkpoints/openvla")
    let onProcessor = try OpenVLA(folder: folder)
    let vocabulary = onProcessor.configuration.language.vocabularySize
    let prompt = [1] + (0..<20).map { 5 + $0 * 7 % (vocabulary - 10) }
    let count = isDry ? 2 : 32
    let input = images(count, side: 224)
    let prompts = Array(repeating: prompt, count: count)
    let reference = try onProcessor.generate(images: input, prompts: prompts, tokenCount: 11)
    for dtype in [DType.float32, .bfloat16] {
      let network = try OpenVLA(folder: folder, dtype: dtype, device: device)
      let pixels = input.normalized.to(device).to(dtype)
      for batch in [1, count] {
        let recorded = try RecordedGeneration(
          network, promptLengths: Array(repeating: prompt.count, count: batch), tokenCount: 11)
        let own = pixels.narrowed(0, 0..<batch)
        let some = Array(prompts.prefix(batch))
        let tokens = try recorded.tokens(pixelValues: own, prompts: some)
        let same = zip(tokens, reference.tokens).count { $0 == $1 }
        try report(
          "small \(dtype) recorded, batch \(batch)",
          rate(batch) { _ = try recorded.tokens(pixelValues: own, prompts: some) }, "actions/s",
          "\(same) of \(batch) answers are the processor's")
      }
      try report(
        "small \(dtype) step by step, batch 1",
        rate(1) {
          _ = try network.generate(
            pixelValues: pixels.narrowed(0, 0..<1), prompts: [prompt], tokenCount: 11)
        }, "actions/s")
    }
  }

  // MARK: - The published size

  private func published() throws {
    let dry = OpenVLAConfiguration.small(
      vocabularySize: 600, imageSize: 32, patchSize: 8, visionWidth: 16, visionDepth: 2,
      visionHeads: 2, width: 32, layerCount: 2, heads: 2, mlpWidth: 32)
    let full = OpenVLAConfiguration(
      architecture: "no-align+fused-gelu-mlp", imageSizes: [224, 224],
      timmModelIDs: ["vit_large_patch14_reg4_dinov2.lvd142m", "vit_so400m_patch14_siglip_224"],
      language: LlamaConfiguration(vocabularySize: 32_064))
    let network = try OpenVLA(
      isDry ? dry : full,
      ParameterSource(drawnOn: device, dtype: isDry ? .float32 : .bfloat16))
    let gigabytes = Double(network.weightByteCount) / 1e9
    try report("published weights", gigabytes, "GB")
    let prompt = [1] + (0..<21).map { 5 + $0 * 7 }
    let side = isDry ? 32 : 224
    let pixels = images(1, side: side).normalized.to(device).to(isDry ? .float32 : .bfloat16)
    try report(
      "published step by step",
      rate(1) {
        _ = try network.generate(pixelValues: pixels, prompts: [prompt], tokenCount: 7)
      }, "actions/s")
    for joins in [false, true] {
      let recorded = try RecordedGeneration(
        network, promptLengths: [prompt.count], tokenCount: 7, joinsWeights: joins)
      try report(
        "published recorded\(joins ? ", joined weights" : "")",
        rate(1) { _ = try recorded.tokens(pixelValues: pixels, prompts: [prompt]) }, "actions/s")
      let first = try RecordedGeneration(
        network, promptLengths: [prompt.count], tokenCount: 1, joinsWeights: joins)
      try report(
        "published image and prompt\(joins ? ", joined weights" : "")",
        rate(1) { _ = try first.tokens(pixelValues: pixels, prompts: [prompt]) }, "passes/s")
    }
    let decoder = ParallelDecoder(
      network: network, head: nil, projector: nil, chunkLength: 8, actionLength: 7)
    try report(
      "published chunks of 8",
      rate(8) { _ = try decoder.answer(pixelValues: pixels, prompt: prompt, state: nil) },
      "actions/s")
  }

  // MARK: - Drawing

  private func drawing() throws {
    let counts = isDry ? [1] : [1, 2, 3]
    for contexts in counts {
      let environment = try TabletopEnvironment(root: root.path, contexts: contexts)
      var states = try (0..<(isDry ? 2 : 64)).map { index in
        try environment.start(
          environment.episode(
            suite: "in-distribution", task: "put-on-plate", index: index, seed: 2, strength: 1))
      }
      let copies = isDry ? 1 : 8
      states = Array(repeating: states, count: copies).flatMap(\.self)
      try report(
        "frames before drawing", rate(states.count) { _ = states.map(\.frame.moving.count) },
        "frames/s")
      try report(
        "drawing 224 by 224, \(contexts) contexts",
        rate(states.count) {
          _ = try environment.observations(of: states, needs: [.image])
        }, "observations/s", environment.facts["renderer"])
    }
  }

  // MARK: - Training

  /// One step of next-token training: 16 images, five texts of 28 tokens each, AdamW.
  private func training() throws {
    let folder = root.appendingPathComponent("Checkpoints/openvla")
    let network = try OpenVLA(folder: folder, device: device)
    let (batch, texts, length) = (isDry ? 2 : 64, 5, 28)
    let tokens = (0..<batch).map { image in
      (0..<texts).map { text in (0..<length).map { 5 + (image * 31 + text * 17 + $0 * 7) % 1000 } }
    }
    let targets = tokens.map { $0.map { Array(repeating: -1, count: length - 7) + $0.suffix(7) } }
    let packed = try PackedSegments(tokens: tokens, targets: targets)
    let optimizer = try AdamW(network)
    let pixels = images(batch, side: 224).normalized.to(device)
    try report(
      "training, batch \(batch)",
      rate(batch) {
        let loss = network.packedLoss(pixelValues: pixels, packed)
        try loss.backward()
        _ = try clipGradientNorm(network.parameters.map(\.tensor), maximum: 1)
        try optimizer.step(learningRate: 1e-5)
        optimizer.clearGradients()
      }, "images/s")
  }
}
