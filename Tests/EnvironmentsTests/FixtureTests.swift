import StrictYAML
import Testing

@testable import Environments

/// What a file says of sinks and drawers is obeyed, or refused with its place and mend.
struct FixtureTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var file: String
    var old: String
    var new: String
    var mention: String
    var testDescription: String { "\(file): \(mention)" }
  }

  private static let drawer = "Scenes/objects/drawer.yaml"
  private static let arena = "Scenes/arenas/google-counter.yaml"
  private static let suite = "Benchmarks/google-robot.yaml"
  private static let setup = "Scenes/setups/google-robot-counter.yaml"
  private static let joint = "joint: {slide: [-1, 0, 0], travel: 0.16}"

  static let faults = [
    Fault(
      file: drawer, old: joint, new: "joint: {slide: [-1, 0, 0], hinge: [0, 1, 0], travel: 0.16}",
      mention: "there is a `hinge` as well"),
    Fault(
      file: drawer, old: joint, new: "joint: {slide: [0, 0, 0], travel: 0.16}",
      mention: "the direction has no length"),
    Fault(
      file: drawer, old: joint, new: "joint: {slide: [-1, 0, 0], travel: 5}", mention: "travel"),
    Fault(
      file: drawer, old: joint, new: "joint: {hinge: [0, 1, 0], degrees: 90}",
      mention: "`through` is missing"),
    Fault(
      file: drawer, old: joint, new: "\(joint)\nfixed: true",
      mention: "what is `fixed` has no joint"),
    Fault(
      file: arena, old: "{object: chest, at", new: "{object: chset, at", mention: "chset"),
    Fault(
      file: arena, old: "at: [0.870, 0, 0], height: 0.125", new: "at: [0.870, 0], height: 0.125",
      mention: "[x, y, degrees]"),
    Fault(
      file: suite, old: "object: middle-drawer", new: "object: chest",
      mention: "'chest' neither opens nor shuts"),
    Fault(
      file: suite, old: "    object: coke-can", new: "    object: drawer",
      mention: "'drawer' has a joint and cannot lie about"),
    Fault(
      file: suite, old: "lying: [object]", new: "lying: [nobody]", mention: "nobody"),
    Fault(
      file: setup, old: "tumbles: true", new: "tumbels: true", mention: "unknown key 'tumbels'"),
    Fault(
      file: setup, old: "table: {min: [0.43", new: "table: {min: [0.03",
      mention: "the region 'table' of 'google-robot-counter'"),
  ]

  @Test(arguments: faults)
  func aMistakeIsNamed(_ fault: Fault) throws {
    let root = try SceneRoot()
    try root.edit(fault.file, replacing: fault.old, by: fault.new)
    let error = try #require(throws: (any Error).self) { try TabletopEnvironment(root: root.path) }
    #expect("\(error)".contains(fault.mention))
  }

  @Test func aSunkHollowIsForFixedThingsOnly() throws {
    let root = try SceneRoot()
    try root.edit("Scenes/objects/toy-sink.yaml", replacing: "fixed: true\n", by: "")
    let error = try #require(throws: (any Error).self) { try TabletopEnvironment(root: root.path) }
    #expect("\(error)".contains("enclose nothing"))
  }
}
