import Foundation
import Testing

/// The script that measures a GPU, in its form for a processor: all of its parts run and say a figure.
@Suite struct DeviceCheckTests {
  private struct Line: Decodable {
    var what: String
    var value: Double
    var unit: String
    var note: String?
  }

  @Test("the dry form measures every part, and the device's answers are those of the processor")
  func dry() throws {
    let process = Process()
    process.executableURL = Program.root.appendingPathComponent("Scripts/gpu_check")
    let program = Bundle.main.bundleURL.appendingPathComponent("performance")
    process.arguments = ["--dry", program.path]
    // Without the figures of PyTorch, which need not be installed here.
    process.environment = ["PATH": "/usr/bin:/bin", "GPU_CHECK_PEER": "none"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let lines = try String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    for part in ["small", "published", "drawing", "training"] {
      let own = lines.filter { $0.what.hasPrefix(part) }
      #expect(!own.isEmpty && own.allSatisfy { $0.value > 0 && $0.unit != "failed" }, "\(part)")
    }
    let recorded = lines.filter { $0.what.hasPrefix("small float32 recorded") }
    #expect(
      recorded.compactMap(\.note) == [
        "1 of 1 answers are the processor's", "2 of 2 answers are the processor's",
      ])
  }
}
