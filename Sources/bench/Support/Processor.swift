import Files
import Foundation
import Torch

/// What the numbers are computed with: kernels of other vector units, or of another vendor's, round differently.
enum Processor {
  /// The machine's facts for `run.json`.
  static var facts: [String: String] {
    let environment = ProcessInfo.processInfo.environment
    let text = (try? FileContents.read("/proc/cpuinfo")).map { String(decoding: $0, as: UTF8.self) }
    return facts(ofProcessors: text ?? "", environment: environment)
      .merging(["torch_kernels": kernelCapability]) { $1 }
  }

  /// - Parameter text: the content of Linux's `/proc/cpuinfo`.
  static func facts(ofProcessors text: String, environment: [String: String]) -> [String: String] {
    let fields = self.fields(text)
    // The other architectures' names for vendor, model and flags.
    let vendor = fields["vendor_id"] ?? fields["CPU implementer"]
    let model = fields["model name"] ?? fields["CPU part"]
    let names = [vendor, model].compactMap { $0 }
    let flags = Set(
      (fields["flags"] ?? fields["Features"] ?? "").split(separator: " ").map(String.init))
    return [
      "processor": names.isEmpty ? machine : names.joined(separator: ", "),
      "vector_unit": vectorUnit(flags),
      "onednn_kernels": setting(["ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"], in: environment),
      "mkl_kernels": setting(["MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS"], in: environment),
    ]
  }

  /// The first processor's fields; all cores of a machine are taken to be alike.
  private static func fields(_ text: String) -> [String: String] {
    var fields: [String: String] = [:]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty, !fields.isEmpty { break }
      let parts = line.split(separator: ":", maxSplits: 1).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      if parts.count == 2 { fields[parts[0]] = parts[1] }
    }
    return fields
  }

  /// The widest unit, and what multiplies short numbers beside it.
  private static func vectorUnit(_ flags: Set<String>) -> String {
    let widths = [
      ("avx512f", "AVX-512"), ("avx2", "AVX2"), ("avx", "AVX"), ("sse4_2", "SSE4.2"),
      ("sve", "SVE"), ("asimd", "NEON"),
    ]
    let extras = [
      ("amx_bf16", "AMX"), ("avx512_bf16", "BF16"), ("avx512_vnni", "VNNI"),
      ("avx_vnni", "AVX-VNNI"), ("bf16", "BF16"),
    ]
    guard let width = widths.first(where: { flags.contains($0.0) }) else { return "none" }
    return ([width.1] + extras.filter { flags.contains($0.0) }.map(\.1)).joined(separator: " ")
  }

  /// What a library was told to restrict itself to; these libraries do not tell what they chose.
  private static func setting(_ names: [String], in environment: [String: String]) -> String {
    names.compactMap { environment[$0] }.first ?? "unrestricted"
  }

  private static var machine: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "unknown" }
    return withUnsafeBytes(of: &name.machine) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
