import Foundation
import Testing
import Torch

@Suite("Sharded checkpoints")
struct CheckpointTests {
  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func write(index: String, in folder: URL) throws {
    try Data(index.utf8).write(
      to: folder.appendingPathComponent("model.safetensors.index.json"))
  }

  @Test("shards are found through the index")
  func shards() throws {
    try inFolder { folder in
      for (name, value) in [("a", 1.0), ("b", 2.0)] {
        try SafetensorsFile.write(
          [NamedTensor(name, .full([2], value: value))],
          to: folder.appendingPathComponent("\(name).safetensors"))
      }
      try write(
        index: #"{"metadata": {}, "weight_map": {"a": "a.safetensors", "b": "b.safetensors"}}"#,
        in: folder)
      let checkpoint = try Checkpoint(folder: folder)
      #expect(checkpoint.names == ["a", "b"])
      #expect(try checkpoint.tensor("b").floats() == [2, 2])
      #expect(throws: TorchError.self) { try checkpoint.tensor("c") }
    }
  }

  @Test(
    "a wrong index is refused",
    arguments: [
      (#"{"weight_map": {"a": "../a.safetensors"}}"#, "plain file name"),
      (#"{"weight_map": {"a": "/etc/passwd"}}"#, "plain file name"),
      (#"{"weight_map": {"a": ""}}"#, "plain file name"),
      (#"{"weight_map": {"a": "missing.safetensors"}}"#, "is not there beside it"),
      (#"{"weight_map": {"z": "a.safetensors"}}"#, "where the index puts it"),
      (#"{"weight_map": 3}"#, "weight_map"), ("{", "weight_map"),
    ])
  func wrongIndex(index: String, complaint: String) throws {
    try inFolder { folder in
      try SafetensorsFile.write(
        [NamedTensor("a", .zeros([1]))], to: folder.appendingPathComponent("a.safetensors"))
      try write(index: index, in: folder)
      let error = #expect(throws: TorchError.self) { try Checkpoint(folder: folder) }
      #expect(error?.message.contains(complaint) == true, "\(error?.message ?? "")")
    }
  }

  @Test("a folder without weights is named")
  func empty() throws {
    try inFolder { folder in
      let error = #expect(throws: TorchError.self) { try Checkpoint(folder: folder) }
      #expect(error?.message.contains(folder.path) == true)
    }
  }
}
