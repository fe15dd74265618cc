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

  @Test("100,000 broken headers are refused or read, and what is read lies within the file")
  func headers() throws {
    var mutation = Mutation(of: try originals(), seed: 1)
    var counts = (read: 0, refused: 0)
    for _ in 0..<100_000 {
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
    #expect(counts.read > 1_000 && counts.refused > 10_000, "\(counts)")
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
