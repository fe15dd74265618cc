import Foundation
import RandomNumbers

/// Everything under `Benchmarks/`: the training distribution and the suites.
struct BenchmarkFiles {
  let training: TrainingDistribution
  /// `in-distribution` first, then by file name.
  let suites: [Suite]
  /// 64-bit FNV-1a over the files' bytes, as hexadecimal digits.
  let hash: String

  private static let trainingFile = "Benchmarks/in-distribution.yaml"

  init(root: String, catalog: Catalog) throws {
    var hash = StableHash()
    let names = try Catalog.yamlFiles(in: "Benchmarks", root: root)
    guard names.contains(Self.trainingFile) else {
      throw SceneFileError(
        file: Self.trainingFile, problem: "the file is missing",
        mend: "add it with a `training` section, against which all suites are defined")
    }
    let others = names.filter { $0 != Self.trainingFile }
    let files = try ([Self.trainingFile] + others).map { name in
      if let data = FileManager.default.contents(atPath: "\(root)/\(name)") {
        hash.combine(name)
        hash.combine(bytes: data)
      }
      return try YAMLValue.document(atPath: "\(root)/\(name)", named: name)
    }
    guard let section = files[0].node["training"] else {
      throw files[0].error("`training` is missing", mend: "add the section `training: …`")
    }
    let training = try TrainingDistribution(
      YAMLValue(node: section, file: Self.trainingFile, key: "training"), catalog: catalog)
    self.training = training
    suites = try files.map { try Suite($0, training: training, catalog: catalog) }
    self.hash = hash.hexadecimal
  }
}
