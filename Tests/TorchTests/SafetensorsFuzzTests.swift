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
    var counts = (read: 0, refused: 0)
    let count = Fuzz.count(share: 6, byDefault: 20_000)
    for _ in 0..<count {
      let data = mutation.next()
      data.withUnsafeBytes { bytes in
        do {
          let header = try SafetensorsHeader(file: bytes)
          counts.read += 1
          for entry in header.entries.values {
            #expect(header.dataStart + entry.range.upperBound <= bytes.count)
          }
        } catch {
          counts.refused += 1
        }
      }
    }
    // Both happen, else the mutations are too wild or too tame to say anything.
    #expect(counts.read > count / 200 && counts.refused > count / 10, "\(counts)")
    print("broken safetensors headers: \(counts)")
  }

  @Test("broken files are refused or their tensors can be read")
  func files() throws {
    var mutation = Mutation(of: try originals(), seed: 2)
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("trestle-fuzz-\(UInt64.random(in: 0...(.max))).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    var sum = 0
    for _ in 0..<3_000 {
      try mutation.next().write(to: url)
      guard let file = try? SafetensorsFile(url) else { continue }
      for name in file.names { sum += try file.tensor(name).to(.float32).floats().count }
    }
    #expect(sum > 0)
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
      var counts = (read: 0, refused: 0)
      for _ in 0..<Fuzz.count(share: 3, byDefault: 1_000) {
        try mutation.next().write(to: folder.appendingPathComponent("model.safetensors.index.json"))
        do {
          let checkpoint = try Checkpoint(folder: folder)
          for name in checkpoint.names { _ = try checkpoint.tensor(name).floats() }
          counts.read += 1
        } catch {
          counts.refused += 1
          #expect("\(error)".contains(folder.lastPathComponent), "\(error)")
        }
      }
      #expect(counts.read > 0 && counts.refused > 0)
      print("broken indices: \(counts)")
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
      var counts = (read: 0, refused: 0)
      let memory = Fuzz.peakMemory()
      for _ in 0..<Fuzz.count(share: 5, byDefault: 1_000) {
        try mutation.next().write(to: url)
        let start = Fuzz.now()
        do {
          let archive = try TorchArchive(url)
          for name in archive.names { _ = try archive.tensor(name).to(.float32).floats() }
          counts.read += 1
        } catch {
          counts.refused += 1
          #expect("\(error)".contains("state.pt"), "\(error)")
        }
        #expect(Fuzz.now() - start < Fuzz.longest)
      }
      #expect(counts.read > 0 && counts.refused > 0)
      #expect(Fuzz.peakMemory() - memory < Fuzz.greatest)
      print("broken archives: \(counts)")
    }
  }
}
