import RandomNumbers
import StrictYAML

/// Everything under `Benchmarks/`: the training distribution and the suites.
struct BenchmarkFiles {
  let training: TrainingDistribution
  /// `in-distribution` first, then by file name, those that `all` leaves out last.
  let suites: [Suite]
  /// Those of `Benchmarks/factors`, by name.
  let factors: [String: Factor]
  /// Draws the scenes of both.
  let builder: SceneBuilder
  /// 64-bit FNV-1a over the files' bytes, as hexadecimal digits.
  let hash: String

  private static let factorsName = "Benchmarks/factors"

  /// The factors that any suite may name: one a file, of surfaces that the training set-up has.
  private static func factors(
    _ folder: SceneFolder?, training: TrainingDistribution, catalog: Catalog
  ) throws -> [String: Factor] {
    let context = FactorContext(
      groups: training.groups, catalog: catalog,
      surfaces: catalog.setups[training.setup]?.arena.surfaces.map(\.name) ?? [])
    let things = try folder?.things { try Factor(file: $0, context: context) } ?? []
    return Dictionary(things.map { ($0.name, $0.thing) }) { first, _ in first }
  }

  private static let trainingName = "in-distribution"
  static let trainingFile = "Benchmarks/\(trainingName).yaml"

  /// Reads `Benchmarks/` in a root folder.
  ///
  /// - Throws: `YAMLError` with what is wrong with all files; where there is no training section to measure them against,
  ///   that alone.
  init(root: String, catalog: Catalog) throws {
    var folder = try SceneFolder("Benchmarks", root: root)
    guard let place = folder.names.firstIndex(of: Self.trainingName) else {
      throw YAMLError(
        file: Self.trainingFile, problem: "the file is missing",
        mend: "add it with a `training` section, against which all suites are defined")
    }
    let trainingFile = folder.documents.remove(at: place)
    folder.documents.insert(trainingFile, at: 0)
    let training = try trainingFile.read { file in
      guard let section = file.entry("training") else {
        throw file.error("`training` is missing", mend: "add the section `training: …`")
      }
      return try TrainingDistribution(section, catalog: catalog)
    }
    self.training = training
    let factorFolder =
      SceneFolder.exists(Self.factorsName, root: root)
      ? try SceneFolder(Self.factorsName, root: root) : nil
    let factors = try Self.factors(factorFolder, training: training, catalog: catalog)
    self.factors = factors
    let all = try folder.things {
      try Suite($0, training: training, catalog: catalog, shared: factors)
    }
    .map(\.thing)
    suites = all.filter(\.isInAll) + all.filter { !$0.isInAll }
    builder = try SceneBuilder(catalog: catalog, training: training)
    var checks = BenchmarkChecks(catalog: catalog, training: training)
    checks.checkTraining()
    for suite in suites { checks.check(suite) }
    // Scenes are drawn of what makes sense otherwise.
    try checks.finish()
    let trial = SceneTrial(builder: builder)
    trial.runTraining(complaints: &checks)
    for suite in suites { trial.run(suite, complaints: &checks) }
    try checks.finish()
    var hash = StableHash()
    hash.combine(folder)
    if let factorFolder { hash.combine(factorFolder) }
    self.hash = hash.hexadecimal
  }
}
