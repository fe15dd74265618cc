import Foundation
import Testing
import Torch

private final class Line: Module {
  let parameters: [NamedTensor]
  let layer: Linear

  init(seed: UInt64, dtype: DType = .float32) throws {
    let source = ParameterSource(seed: seed, dtype: dtype)
    layer = try Linear(source.root["layer"], input: 6, output: 5)
    parameters = source.parameters
  }

  func train(_ optimizer: AdamW, steps: Range<Int>) throws {
    for step in steps {
      let x = Tensor((0..<6).map { Float(($0 + step) % 4) }, shape: [1, 6]).to(
        parameters[0].tensor.dtype)
      try (layer(x) - 1).squared().sum().backward()
      try optimizer.step(learningRate: 0.01)
      optimizer.clearGradients()
    }
  }
}

@Suite("Optimization")
struct OptimizationTests {
  @Test("stopping, saving and going on gives the same bits", arguments: [DType.float32, .bfloat16])
  func resumes(dtype: DType) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let straight = try Line(seed: 1, dtype: dtype)
    let straightOptimizer = try AdamW(straight)
    try straight.train(straightOptimizer, steps: 0..<6)

    let first = try Line(seed: 1, dtype: dtype)
    let optimizer = try AdamW(first)
    try first.train(optimizer, steps: 0..<3)
    try first.writeParameters(to: folder.appendingPathComponent("model.safetensors"))
    try optimizer.writeState(to: folder.appendingPathComponent("optimizer.safetensors"))

    let second = try Line(seed: 2, dtype: dtype)
    try second.copyParameters(from: Checkpoint(folder: folder))
    let resumed = try AdamW(second)
    try resumed.readState(from: folder.appendingPathComponent("optimizer.safetensors"))
    #expect(resumed.stepCount == 3)
    try second.train(resumed, steps: 3..<6)
    #expect(second.parameters[0].tensor.isIdentical(to: straight.parameters[0].tensor))
  }

  @Test("a network that acts between two steps acts with the weights that it then has")
  func looksSeeWhatWasLearned() throws {
    let line = try Line(seed: 1)
    let optimizer = try AdamW(line)
    let x = Tensor((0..<6).map { Float($0) }, shape: [1, 6])
    func acted() throws -> [Float] { try withoutGradient { try line.layer(x).floats() } }
    let before = try acted()
    for step in 0..<3 {
      try line.train(optimizer, steps: step..<step + 1)
      // Made of the same numbers, it has kept nothing.
      let fresh = try Line(seed: 2)
      for (new, trained) in zip(fresh.parameters, line.parameters) {
        new.tensor.assign(Tensor(try trained.tensor.floats(), shape: trained.tensor.shape))
      }
      let expected = try withoutGradient { try fresh.layer(x).floats() }
      #expect(try acted() == expected)
      #expect(try acted() != before)
    }
  }

  @Test("a state of other parameters is refused")
  func refusesOtherState() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    try SafetensorsFile.write([NamedTensor("x", .zeros([2]))], metadata: ["step": "1"], to: url)
    #expect(throws: TorchError.self) { try AdamW(try Line(seed: 1)).readState(from: url) }
    try SafetensorsFile.write([NamedTensor("x", .zeros([2]))], to: url)
    #expect(throws: TorchError.self) { try AdamW(try Line(seed: 1)).readState(from: url) }
  }

  @Test("weight decay acts on matrices alone, and frozen parameters stay")
  func groups() throws {
    let line = try Line(seed: 1)
    line.setTrainable { $0.hasSuffix("weight") }
    let bias = try line.layer.bias?.floats()
    let optimizer = try AdamW(line)
    #expect(optimizer.parameters.map(\.name) == ["layer.weight"])
    try line.train(optimizer, steps: 0..<2)
    #expect(try line.layer.bias?.floats() == bias)
  }

  @Test("the learning rate warms up, then falls along a cosine")
  func schedule() {
    let schedule = WarmupCosine(peak: 2, warmupSteps: 4, totalSteps: 12, floor: 0.5)
    let expected = [(0, 0.5), (3, 2), (4, 2), (8, 1.25), (12, 0.5), (100, 0.5)]
    for (step, rate) in expected { #expect(abs(schedule.rate(at: step) - rate) < 1e-12) }
    #expect(WarmupCosine(peak: 1, warmupSteps: 0, totalSteps: 0).rate(at: 0) == 1)
  }

  @Test("initial values depend on seed and name alone")
  func initialValues() throws {
    func values(_ seed: UInt64, _ name: String) throws -> [Float] {
      let source = ParameterSource(seed: seed)
      return try source.root.parameter(name, [100, 50], .fanIn()).floats()
    }
    #expect(try values(1, "a") == values(1, "a"))
    #expect(try values(1, "a") != values(1, "b"))
    #expect(try values(1, "a") != values(2, "a"))
    let drawn = try values(1, "a").map(Double.init)
    let variance = drawn.map { $0 * $0 }.reduce(0, +) / 5000
    #expect(abs(variance * 50 - 1) < 0.1)
    #expect(abs(drawn.reduce(0, +) / 5000) < 0.01)
  }
}
