import Foundation
import StrictYAML
import Testing

@testable import Environments

/// A broken file is refused with its name, line, key and mend.
struct SceneFileErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var id: String
    /// The file that is edited, from the root.
    var file: String
    var replacing: String
    var by: String
    /// What the message holds.
    var expected: [String]
    var testDescription: String { id }
  }

  static let cases = [
    Case(
      id: "unparsable", file: "Scenes/objects/carrot.yaml", replacing: "materials:",
      by: "materials: [", expected: ["Scenes/objects/carrot.yaml:", "not YAML", "mend"]),
    Case(
      id: "unknownKey", file: "Scenes/objects/carrot.yaml", replacing: "materials:",
      by: "colour: red\nmaterials:",
      expected: ["carrot.yaml:3", "unknown key 'colour'", "use one of"]),
    Case(
      id: "unknownShape", file: "Scenes/objects/potato.yaml", replacing: "ellipsoid",
      by: "spheroid", expected: ["potato.yaml:9", "unknown shape 'spheroid'", "ellipsoid"]),
    Case(
      id: "unknownMaterial", file: "Scenes/objects/carrot.yaml", replacing: "material: root",
      by: "material: wood", expected: ["unknown material 'wood'", "leaf"]),
    Case(
      id: "negativeRadius", file: "Scenes/objects/battery.yaml", replacing: "radius: 0.017",
      by: "radius: -1", expected: ["battery.yaml:", "radius", "-1"]),
    Case(
      id: "roundedBeyondItsSide", file: "Scenes/objects/skull.yaml", replacing: "radius: 0.006",
      by: "radius: 0.6", expected: ["skull.yaml:8", "radius", "0.6", "at most 0.013"]),
    Case(
      id: "unknownColorClass", file: "Scenes/objects/potato.yaml", replacing: "color: brown",
      by: "color: mauve", expected: ["potato.yaml:2", "mauve", "brown"]),
    Case(
      id: "unknownTexture", file: "Scenes/objects/corn.yaml", replacing: "texture: dots",
      by: "texture: fur", expected: ["corn.yaml:", "fur"]),
    Case(
      id: "wrongName", file: "Scenes/objects/corn.yaml", replacing: "name: corn", by: "name: maize",
      expected: ["corn.yaml", "maize"]),
    Case(
      id: "unknownRobot", file: "Scenes/setups/widowx-kitchen.yaml", replacing: "robot: widowx",
      by: "robot: franka", expected: ["widowx-kitchen.yaml:5", "franka", "widowx"]),
    Case(
      id: "noPrimaryCamera", file: "Scenes/setups/widowx-kitchen.yaml", replacing: "primary:",
      by: "front:", expected: ["widowx-kitchen.yaml:", "no camera is called 'primary'"]),
    Case(
      id: "unknownCameraLink", file: "Scenes/setups/widowx-kitchen.yaml",
      replacing: "primary: {", by: "primary: {link: elbow, ",
      expected: ["widowx-kitchen.yaml:", "unknown link 'elbow'", "hand"]),
    Case(
      id: "absurdRate", file: "Scenes/setups/widowx-kitchen.yaml", replacing: "rate: 5",
      by: "rate: 0", expected: ["widowx-kitchen.yaml:7", "0 is out of range", "Hz"]),
    Case(
      id: "stepBeyondLimits", file: "Scenes/setups/widowx-kitchen.yaml",
      replacing: "step: {translation: 0.03", by: "step: {translation: 0.08",
      expected: ["widowx-kitchen.yaml:9", "longer than the arm makes", "within `limits`"]),
    Case(
      id: "unknownSetup", file: "Benchmarks/in-distribution.yaml",
      replacing: "setup: widowx-kitchen", by: "setup: moon",
      expected: ["in-distribution.yaml:", "unknown set-up 'moon'", "widowx-kitchen"]),
    Case(
      id: "unknownLink", file: "Scenes/robots/widowx.yaml", replacing: "upper_forearm:",
      by: "elbow:", expected: ["widowx.yaml:", "elbow", "upper_forearm"]),
    Case(
      id: "unknownObject", file: "Benchmarks/visual.yaml", replacing: "object: corn,",
      by: "object: unicorn,",
      expected: ["visual.yaml:", "unknown object 'unicorn'", "Scenes/objects"]),
    Case(
      id: "unknownFactor", file: "Benchmarks/visual.yaml", replacing: "factors: [light]",
      by: "factors: [fog]", expected: ["visual.yaml:", "unknown factor 'fog'", "light"]),
    Case(
      id: "unknownFamily", file: "Benchmarks/visual.yaml", replacing: "family: put-on",
      by: "family: juggle", expected: ["visual.yaml:", "juggle", "lift"]),
    Case(
      id: "missingTarget", file: "Benchmarks/visual.yaml", replacing: "target: pink-plate, ",
      by: "",
      expected: ["visual.yaml:", "needs a `target`"]),
    Case(
      id: "noEpisodes", file: "Benchmarks/motion.yaml", replacing: "episodes: 39",
      by: "episodes: 0",
      expected: ["motion.yaml:4", "episodes: 0 is out of range", "from 1 to 10000 episodes"]),
    Case(
      id: "noTasks", file: "Benchmarks/language-grounding.yaml", replacing: "tasks:",
      by: "tasks: []\nfactors: {}\nextra:", expected: ["language-grounding.yaml", "extra"]),
    Case(
      id: "twoObjectsInOnePlace", file: "Benchmarks/language-grounding.yaml",
      replacing: "draw: cheese-or-chili, steps: 30",
      by:
        "draw: cheese-or-chili, places: {cheese: [0.3, 0, 0], chili-pepper: [0.31, 0, 0]}, steps: 30",
      expected: ["language-grounding.yaml:", "stands where 'cheese' does", "move one"]),
    Case(
      id: "moreThanTwoTasksOfOneDraw", file: "Benchmarks/language-grounding.yaml",
      replacing: "draw: blue-or-pink-cup", by: "draw: cheese-or-chili",
      expected: [
        "language-grounding.yaml:", "tasks share the draw 'cheese-or-chili'", "draws of their own",
      ]),
    Case(
      id: "twoTasksOfOneName", file: "Benchmarks/language-grounding.yaml",
      replacing: "name: lift-chili-pepper", by: "name: lift-cheese",
      expected: ["two tasks are called 'lift-cheese'"]),
  ]

  @Test(arguments: cases)
  func aBrokenFileIsExplained(_ testCase: Case) throws {
    let root = try SceneRoot()
    try root.edit(testCase.file, replacing: testCase.replacing, by: testCase.by)
    let error = #expect(throws: YAMLError.self) { try TabletopEnvironment(root: root.path) }
    let message = error?.description ?? ""
    for part in testCase.expected { #expect(message.contains(part), "\(message)") }
  }

  @Test func aMissingFolderIsExplained() {
    let error = #expect(throws: YAMLError.self) { try TabletopEnvironment(root: "/nowhere") }
    #expect(error?.description.contains("/nowhere/Scenes/objects") == true)
  }

  @Test func aSuiteWithoutTasksIsRefused() throws {
    let environment = try SharedTabletop.environment()
    let file = try YAMLDocument(
      text: "name: x\ntitle: x\nabout: x\nepisodes: 3\ntasks: []\n", named: "x.yaml")
    let error = #expect(throws: YAMLError.self) {
      try file.read {
        try Suite($0, training: environment.training, catalog: environment.catalog)
      }
    }
    #expect(error?.complaints.map(\.problem) == ["the list has 0 items"])
    #expect(error?.complaints.map(\.line) == [5])
  }
}
