import Foundation
import TestSupport
import Testing

@testable import Torch

@Suite("Broken safetensors files")
struct SafetensorsFuzzTests {
  private func originals() throws -> [Data] {
    let folder = FileManager.default.temporaryDirectory
    let url = folder.appendingPathComponent("trestle-fuzz-\(UInt64.random(in: 0...(.max)))")
    defer { try? FileManager.default.removeItem(at: url) }
    return try [
      [NamedTensor("a", Tensor([Float(1), 2, 3, 4], shape: [2, 2]))],
      [
        NamedTensor("first.weight", Tensor([Float(0.5)], shape: [1]).to(.bfloat16)),
        NamedTensor("second.bias", Tensor([1, 2, 3])), NamedTensor("empty", Tensor([Float]())),
      ],
    ].map { tensors in
      try SafetensorsFile.write(tensors, to: url)
      return try Data(contentsOf: url)
    }
  }

  @Test("broken headers are refused or read, and what is read lies within the file")
  func headers() throws {
    var mutation = Mutation(of: try originals(), seed: 1)
    let tally = Fuzz.trial(of: "safetensors headers", byDefault: 20_000) { _ in
      try mutation.next().withUnsafeBytes { bytes in
        let header = try SafetensorsHeader(file: bytes)
        for entry in header.entries.values {
          #expect(header.dataStart + entry.range.upperBound <= bytes.count)
        }
      }
    } judging: { _ in
      // The file is named by the reader around it, which the next test tries.
      nil
    }
    // Both happen, else the mutations are too wild or too tame to say anything.
    #expect(
      tally.faults.isEmpty && tally.read > tally.count / 200 && tally.refused > tally.count / 10,
      "\(tally)")
  }

  @Test("broken files are refused or their tensors can be read")
  func files() throws {
    var mutation = Mutation(of: try originals(), seed: 2)
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("trestle-fuzz-\(UInt64.random(in: 0...(.max))).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    let tally = Fuzz.trial(of: "safetensors", byDefault: 3_000) { _ in
      try mutation.next().write(to: url)
      let file = try SafetensorsFile(url)
      for name in file.names { _ = try file.tensor(name).to(.float32).floats() }
    } judging: {
      Refusal.fault($0, naming: url.lastPathComponent)
    }
    #expect(tally.faults.isEmpty && tally.read > 0 && tally.refused > 0, "\(tally)")
  }
}

@Suite("Broken indices and archives")
struct CheckpointFilesFuzzTests {
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("trestle-fuzz-\(UInt64.random(in: 0...(.max)))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("broken indices of shards are refused by name, or their tensors can be read")
  func indices() throws {
    let text = """
      {"metadata": {"total_size": 24}, "weight_map": {"a": "a.safetensors", "b": "b.safetensors"}}
      """
    try withFolder { folder in
      for name in ["a", "b"] {
        try SafetensorsFile.write(
          [NamedTensor(name, .zeros([3]))], to: folder.appendingPathComponent("\(name).safetensors")
        )
      }
      var mutation = Mutation(of: [Data(text.utf8)], seed: 21)
      let tally = Fuzz.trial(of: "model.safetensors.index.json", byDefault: 1_000) { _ in
        try mutation.next().write(to: folder.appendingPathComponent("model.safetensors.index.json"))
        let checkpoint = try Checkpoint(folder: folder)
        for name in checkpoint.names { _ = try checkpoint.tensor(name).floats() }
      } judging: {
        Refusal.fault($0, naming: "model.safetensors.index.json")
      }
      #expect(tally.faults.isEmpty && tally.read > 0 && tally.refused > 0, "\(tally)")
    }
  }

  @Test("broken files of torch.save are refused by name, or their tensors can be read")
  func archives() throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures")
    let originals = try ["state.pt", "state-4.pt", "across.pt"].map {
      try Data(contentsOf: fixtures.appendingPathComponent($0))
    }
    try withFolder { folder in
      let url = folder.appendingPathComponent("state.pt")
      var mutation = Mutation(of: originals, seed: 22)
      let tally = Fuzz.trial(of: "files of torch.save", byDefault: 2_000) { _ in
        try mutation.next().write(to: url)
        let archive = try TorchArchive(url)
        for name in archive.names { _ = try archive.tensor(name).to(.float32).floats() }
      } judging: {
        Refusal.fault($0, naming: "state.pt")
      }
      #expect(
        tally.faults.isEmpty && tally.read > tally.count / 20 && tally.refused > tally.count / 4,
        "\(tally)")
    }
  }
}
