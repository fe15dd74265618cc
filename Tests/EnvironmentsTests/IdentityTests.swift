import EnvironmentInterface
import Foundation
import Testing

@testable import Environments

/// An episode's content hash changes with what the episode depends on, and with nothing else.
struct IdentityTests {
  /// The hash of an episode, and the objects in it.
  private func episode(
    in environment: TabletopEnvironment, suite: String = "visual",
    task: String = "put-corn-on-pink-plate-other-light", strength: Double = 1
  ) throws -> (hash: String, objects: Set<String>) {
    let episode = try environment.episode(
      suite: suite, task: task, index: 2, seed: 5, strength: strength)
    let state = try environment.start(episode)
    return (
      environment.contentHash(of: episode, startingIn: state),
      Set(state.scene.objects.map(\.model.name))
    )
  }

  private func edited(_ file: String, _ old: String, _ new: String) throws -> TabletopEnvironment {
    let root = try SceneRoot()
    try root.edit(file, replacing: old, by: new)
    return try TabletopEnvironment(root: root.path)
  }

  @Test func filesOfOtherThingsDoNotMatter() throws {
    let (hash, objects) = try episode(in: SharedTabletop.environment())
    #expect(!objects.contains("apple") && !objects.contains("tape"))
    let root = try SceneRoot()
    let scenes = try SharedTabletop.environment().facts["scenes"]
    try root.edit("Scenes/objects/apple.yaml", replacing: "gloss", by: "metallic: 0.1, gloss")
    try root.edit("Scenes/objects/tape.yaml", replacing: "name: tape", by: "name: tape # other")
    try root.write(
      String(
        contentsOfFile: "\(root.path)/Scenes/objects/lemon.yaml", encoding: .utf8
      ).replacing("name: lemon", with: "name: lime").replacing("noun: lemon", with: "noun: lime"),
      to: "Scenes/objects/lime.yaml")
    try root.copy("Scenes/setups/widowx-kitchen.yaml", to: "Scenes/setups/other.yaml")
    try root.edit("Scenes/setups/other.yaml", replacing: "name: widowx-kitchen", by: "name: other")
    try root.edit("Scenes/setups/other.yaml", replacing: "rate: 5", by: "rate: 7")
    try root.edit("Benchmarks/motion.yaml", replacing: "episodes: 39", by: "episodes: 40")
    let environment = try TabletopEnvironment(root: root.path)
    #expect(environment.facts["scenes"] != scenes)
    #expect(try episode(in: environment).hash == hash)
  }

  static let changes: [(file: String, old: String, new: String)] = [
    ("Scenes/objects/corn.yaml", "gloss: ", "metallic: 0.1, gloss: "),
    ("Scenes/arenas/kitchen.yaml", "#d9bd92", "#d9bd93"),
    ("Scenes/arenas/kitchen.yaml", "max: [0.62, 0.45]", "max: [0.63, 0.45]"),
    ("Scenes/robots/widowx.yaml", "#26272b", "#26272c"),
    ("Scenes/robots/widowx.yaml", "opening: 0.074", "opening: 0.0741"),
    ("Scenes/setups/widowx-kitchen.yaml", "rate: 5", "rate: 6"),
    ("Scenes/setups/widowx-kitchen.yaml", "size: [224, 224]", "size: [224, 225]"),
    ("Scenes/setups/widowx-kitchen.yaml", "verticalFieldOfView: 30", "verticalFieldOfView: 31"),
    (
      "Scenes/setups/widowx-kitchen.yaml", "limits: {translation: 0.05",
      "limits: {translation: 0.06"
    ),
    ("Scenes/setups/widowx-kitchen.yaml", "min: [0.20, -0.06, 0.13]", "min: [0.21, -0.06, 0.13]"),
    ("Benchmarks/factors/light.yaml", "#ffb46b", "#ffb46c"),
    (
      "Benchmarks/visual.yaml", "factors: [light], steps: 50", "factors: [light], steps: 51"
    ),
    (
      "Benchmarks/visual.yaml", "factors: [light], steps: 50",
      "factors: [light], hold: 3, steps: 50"
    ),
    (
      "Benchmarks/in-distribution.yaml", "put the {object} on the {target}\"",
      "set the {object} on the {target}\""
    ),
  ]

  @Test(arguments: changes.indices)
  func whateverItDependsOnMatters(_ index: Int) throws {
    let change = Self.changes[index]
    let before = try episode(in: SharedTabletop.environment()).hash
    let environment = try edited(change.file, change.old, change.new)
    #expect(try episode(in: environment).hash != before, "\(change)")
  }

  @Test func eachFactorActsAtItsOwnStrength() throws {
    let environment = try SharedTabletop.environment()
    let whole = try environment.episode(
      suite: "visual", task: "put-eggplant-in-pot-other-table", index: 1, seed: 3, strength: 1)
    #expect(whole.factors.map(\.name) == ["table-texture", "wall"])
    func looks(_ strengths: [Double]) throws -> [[Double]] {
      var episode = whole
      for index in strengths.indices { episode.factors[index].strength = strengths[index] }
      return try environment.start(episode).scene.views.primary.staticScene.instances.map {
        $0.model.parts.map { $0.material.color.red + $0.material.textureScale }
      }
    }
    let (clean, both) = (try looks([0, 0]), try looks([1, 1]))
    let (table, wall) = (try looks([1, 0]), try looks([0, 1]))
    #expect(clean != both)
    #expect(table != wall && table != clean && wall != clean)
    // What one changes, the other leaves alone.
    for surface in clean.indices {
      #expect([clean[surface], both[surface]].contains(table[surface]))
      #expect(table[surface] == clean[surface] || wall[surface] == clean[surface])
    }
    var unknown = whole
    unknown.factors.append(FactorSetting(name: "fog", strength: 1))
    #expect(throws: SceneDrawError.self) { try environment.start(unknown) }
    // A factor of the suite that the task does not have acts where the episode says so.
    var lit = whole
    lit.factors = [FactorSetting(name: "light", strength: 0.5)]
    #expect(
      try environment.start(lit).scene.views.primary.staticScene.light
        != environment.start(whole).scene.views.primary.staticScene.light)
  }
}
