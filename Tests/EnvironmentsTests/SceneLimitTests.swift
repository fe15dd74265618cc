import Foundation
import StrictYAML
import Testing

@testable import Environments

/// Numbers and names that make no sense are refused when the files are read, with file, line, key and mend.
struct SceneLimitTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var id: String
    var file: String
    var replacing: String
    var by: String
    var expected: [String]
    var testDescription: String { id }

    init(
      _ id: String, _ file: String, _ replacing: String, _ by: String, _ expected: String...
    ) {
      (self.id, self.file, self.replacing, self.by) = (id, file, replacing, by)
      self.expected = expected
    }
  }

  private static let kitchen = "Scenes/arenas/kitchen.yaml"
  private static let setup = "Scenes/setups/widowx-kitchen.yaml"
  private static let bowl = "Scenes/objects/bowl.yaml"
  private static let carrot = "Scenes/objects/carrot.yaml"

  static let sceneCases = [
    Case(
      "boxHuge", kitchen, "size: [0.80, 1.20, 0.040]", "size: [1.0e308, 1.20, 0.040]",
      "kitchen.yaml:6: surfaces.table[0].shape", "1e+308 is out of range", "from 0.0001 to 10 m"),
    Case(
      "viewZero", setup, "verticalFieldOfView: 30", "verticalFieldOfView: 0",
      "widowx-kitchen.yaml:13: cameras.primary.verticalFieldOfView: 0 is out of range",
      "from 5 to 150 degrees"),
    Case("viewWide", setup, "verticalFieldOfView: 30", "verticalFieldOfView: 180", "150 degrees"),
    Case(
      "viewNotANumber", setup, "verticalFieldOfView: 30", "verticalFieldOfView: nan", "finite"),
    Case("cameraFar", setup, "[0.772, 0, 0.677]", "[7.72, 0, 6.77]", "does not show the corner"),
    Case(
      "cameraAcrossTheRoom", setup,
      "[0.772, 0, 0.677], lookingAt: [0.220, 0, 0.020], verticalFieldOfView: 30",
      "[4.22, 0, 4.02], lookingAt: [0.280, 0, 0.020], verticalFieldOfView: 30",
      "a thing of 4 cm is", "pixels across", "nearer"),
    Case(
      "cameraElsewhere", setup, "lookingAt: [0.220, 0, 0.020]", "lookingAt: [2, 0, 0.02]",
      "does not show"),
    Case("cameraBelow", setup, "[0.772, 0, 0.677]", "[0.772, 0, -0.677]", "below the table"),
    Case("cameraInside", setup, "[0.772, 0, 0.677]", "[-0.14, 0.1, 0.4]", "inside the surface"),
    Case("lampBelow", kitchen, "[-0.45, 0.35, -1]", "[-0.45, 0.35, 1]", "from below"),
    Case("lampNowhere", kitchen, "[-0.45, 0.35, -1]", "[0, 0, 0]", "no length"),
    Case("lampNegative", kitchen, "intensity: 1.0", "intensity: -1", "intensity: -1 is out of"),
    Case(
      "shadingUnknown", kitchen, "shading: soft", "shading: misty",
      "light.shading: unknown shading 'misty'", "plain or soft"),
    Case("shadowNone", kitchen, "shadowRadius: 0.42", "shadowRadius: 0", "from 0.05 to 10 m"),
    Case(
      "tableInverted", kitchen, "min: [-0.10, -0.45], max: [0.62, 0.45]",
      "min: [0.62, 0.45], max: [-0.10, -0.45]", "table: the region is empty"),
    Case("glossNegative", kitchen, "gloss: 0.25", "gloss: -0.25", "gloss: -0.25 is out of range"),
    Case("patternNone", kitchen, "textureScale: 0.30", "textureScale: 0", "from 0.001 to 10 m"),
    Case("noSurface", kitchen, "surfaces:", "surfaces: {}\nmaterials:", "0 entries"),
    Case("latheHuge", bowl, "[0.068, 0.046]", "[0.068, 1.0e308]", "bowl.yaml:7", "1e+308"),
    Case("latheNegative", bowl, "[0.068, 0.046]", "[-0.068, 0.046]", "radius must be"),
    Case(
      "latheOfNothing", bowl,
      "[[0, 0], [0.036, 0], [0.058, 0.020], [0.068, 0.046], [0.064, 0.046]]",
      "[]", "0 items", "from 2 to 500 points"),
    Case("hollowOutside", bowl, "radius: 0.061", "radius: 0.5", "sticks out of the object"),
    Case(
      "hollowInverted", bowl, "floor: 0.006, rim: 0.046", "floor: 0.046, rim: 0.006",
      "enclose nothing"),
    Case("hollowTall", bowl, "rim: 0.046", "rim: 0.5", "above the object's top"),
    Case(
      "tubeOfOnePoint", carrot, "radii: [0.018, 0.016, 0.010, 0.004]", "radii: [0.018]",
      "radii: the list has 1 items"),
    Case(
      "tubeUneven", carrot, "radii: [0.018, 0.016, 0.010, 0.004]", "radii: [0.018, 0.016]",
      "4 points and 2 radii"),
    Case(
      "turnHuge", "Scenes/objects/star-picture.yaml", "turn: [0, 0, 90]", "turn: [0, 0, 1e9]",
      "turn", "from -360 to 360 degrees"),
    Case(
      "nothingSolid", "Scenes/objects/red-block.yaml", "material: {", "solid: false, material: {",
      "no part is solid"),
    Case("graspInTheAir", carrot, "parts:", "grasp: [0.3, 0, 0.01]\nparts:", "nothing to hold"),
    Case(
      "unseenIsSeen", carrot, "unseen: [orange root vegetable]", "unseen: [orange carrot]",
      "carrot.yaml:2", "no unseen name"),
    Case(
      "unseenIsAnothers", carrot, "unseen: [orange root vegetable]", "unseen: [eggplant]",
      "name that training uses"),
    Case(
      "twoNamesAlike", carrot, "variants: [orange carrot]", "variants: [eggplant]",
      "'eggplant' is a name of"),
    Case("notAName", carrot, "name: carrot", "name: ../carrot", "the file is called 'carrot'"),
    Case("notAText", carrot, "noun: carrot", "noun: \"car\\nrot\"", "control character"),
    Case(
      "fingerOfOnePoint", "Scenes/robots/widowx.yaml",
      "{box: {size: [0.022, 0.002, 0.018]}}", "{tube: {path: [[0, 0, 0]], radii: [0.005]}}",
      "fingers"),
    Case(
      "workspaceInverted", "Scenes/robots/widowx.yaml",
      "workspace: {min: [0.10, -0.24, 0.008], max: [0.48, 0.24, 0.30]}",
      "workspace: {min: [0.48, 0.24, 0.30], max: [0.10, -0.24, 0.008]}",
      "widowx.yaml:", "workspace", "inside out", "smaller than max"),
    Case(
      "nothingWithinReach", "Scenes/robots/widowx.yaml", "radius: 0.494}", "radius: 0.05}",
      "widowx.yaml:", "reach", "nothing of the workspace is within reach"),
  ]

  private static let visual = "Benchmarks/visual.yaml"
  private static let motion = "Benchmarks/motion.yaml"
  private static let training = "Benchmarks/in-distribution.yaml"

  static let suiteCases = [
    Case(
      "distractorsNegative", "Benchmarks/factors/distractors.yaml", "distractors: {count: 3",
      "distractors: {count: -1",
      "distractors.yaml:3: distractors.count: -1", "from 1 to 24 objects"),
    Case(
      "distractorsTooMany", "Benchmarks/factors/distractors.yaml", "distractors: {count: 3",
      "distractors: {count: 9",
      "not 9 objects of different names"),
    Case(
      "noColors", "Benchmarks/factors/object-color.yaml",
      "colors: [\"#2aa7a0\", \"#f2f2ef\", \"#3d6fd1\", \"#d456a8\"]",
      "colors: []", "object-color.yaml:3", "colors: the list has 0 items", "from 1 to 100 colors"),
    Case(
      "othersNegative", visual, "count: [1, 3]", "count: [-3, -1]", "tasks[0].others.count",
      "-3 is out of range", "from 0 to 20 objects"),
    Case("othersHuge", visual, "count: [1, 3]", "count: [0, 9223372036854775807]", "out of range"),
    Case("othersInverted", visual, "count: [1, 3]", "count: [3, 1]", "3 is more than 1"),
    Case("othersNone", visual, "count: [1, 3]", "count: [0, 0]", "adds nothing"),
    Case(
      "lightEmpty", "Benchmarks/factors/light.yaml",
      "light: {direction: [-0.3, -1.0, -0.9], color: \"#ffb46b\", intensity: 0.8, ambient: 0.6}",
      "light: {}", "light.yaml:3: light", "changes nothing", "give a `direction`"),
    Case(
      "lightOfTraining", "Benchmarks/factors/light.yaml",
      "light: {direction: [-0.3, -1.0, -0.9], color: \"#ffb46b\", intensity: 0.8, ambient: 0.6}",
      "light: {ambient: 1.1}", "the one that training has", "no demonstration"),
    Case(
      "surfaceMisspelt", "Benchmarks/factors/table-texture.yaml", "name: table\n", "name: tabel\n",
      "table-texture.yaml:4: surface.name", "unknown surface 'tabel'", "table, wall"),
    Case(
      "surfaceOfTraining", "Benchmarks/factors/wall.yaml",
      "{color: \"#35506b\", gloss: 0.2}",
      "{color: \"#e6e9ea\", secondColor: \"#b8c0c4\", texture: tiles}",
      "a material of 'wall' is the one"),
    Case(
      "paintOfTraining", "Benchmarks/factors/object-color.yaml", "\"#2aa7a0\"", "\"#f07a1a\"",
      "color number 1 of the list"),
    Case(
      "factorUnused", visual, "episodes: 39\ntasks:",
      "episodes: 39\nfactors:\n  dusk: {about: Dusk., light: {intensity: 0.4}}\ntasks:",
      "'dusk' acts in no task"),
    Case("factorTwice", visual, "factors: [light]", "factors: [light, light]", "name it once"),
    Case(
      "roleLacking", visual, "factors: [object-color]", "factors: [object-color, target-color]",
      "visual.yaml:9", "'lift' has none"),
    Case(
      "relocateInside", "Benchmarks/factors/object-position.yaml",
      "outer: {min: [0.15, -0.19], max: [0.42, 0.19]}",
      "outer: {min: [0.2, -0.1], max: [0.3, 0.1]}", "object-position.yaml:3", "next to no room",
      "enlarge"),
    Case(
      "relocateOutOfReach", "Benchmarks/factors/object-position.yaml", "max: [0.42, 0.19]}}",
      "max: [0.60, 0.19]}}",
      "does not reach"),
    Case(
      "relocateOffTheTable", "Benchmarks/factors/object-position.yaml", "max: [0.42, 0.19]}}",
      "max: [0.9, 0.19]}}",
      "not wholly on the table"),
    Case(
      "turnWithinTraining", "Benchmarks/factors/object-angle.yaml", "degrees: [50, 85]",
      "degrees: [20, 85]",
      "of more than 30 and at most 120 degrees"),
    Case(
      "turnRound", "Benchmarks/factors/object-angle.yaml", "degrees: [50, 85]",
      "degrees: [50, 179]", "at most 120 degrees"),
    Case(
      "turnOfSomethingRound", motion, "object: [eggplant, carrot, corn,",
      "object: [can, eggplant, carrot, corn,", "is round"),
    Case(
      "blockFlat", "Benchmarks/factors/object-height.yaml", "size: [0.090, 0.070, 0.040]",
      "size: [0.090, 0.070, 0]",
      "from 0.005 to 0.3 m"),
    Case(
      "scaleOne", "Benchmarks/factors/object-size.yaml", "factors: [0.75, 1.2]",
      "factors: [1.0, 1.2]",
      "as large as in training"),
    Case(
      "scaleNegative", "Benchmarks/factors/object-size.yaml", "factors: [0.75, 1.2]",
      "factors: [-0.75, 1.2]", "-0.75 is out of range"),
    Case(
      "widerThanTheHand", "Benchmarks/factors/object-size.yaml", "factors: [0.75, 1.2]",
      "factors: [2.5, 1.2]", "wide and the hand opens to"),
    Case(
      "replacedByTraining", "Benchmarks/factors/skull.yaml", "with: skull", "with: carrot",
      "training has 'carrot' as object"),
    Case(
      "replacedByPlate", "Benchmarks/factors/drying-rack.yaml", "with: drying-rack",
      "with: star-picture",
      "no hollow"),
    Case(
      "replacedByFixture", "Benchmarks/factors/skull.yaml", "with: skull", "with: drying-rack",
      "cannot be moved"),
    Case(
      "wordsOfTraining", "Benchmarks/factors/unseen-verb.yaml", "\"raise the {object}\"",
      "\"pick up the {object}\"", "training says 'pick up the {object}'"),
    Case(
      "sentenceOfNothing", "Benchmarks/factors/unseen-verb.yaml", "\"raise the {object}\"",
      "\"raise it\"", "does not name its object"),
    Case(
      "sentenceOfMore", "Benchmarks/factors/unseen-verb.yaml", "\"raise the {object}\"",
      "\"raise the {object} {how}\"", "other braces"),
    Case(
      "targetOfNothing", "Benchmarks/factors/unseen-verb.yaml", "\"raise the {object}\"",
      "\"raise the {object} off the {target}\"", "names a target"),
    Case(
      "rewordsNothing", "Benchmarks/factors/unseen-name.yaml", "unseenNames: true",
      "unseenNames: false",
      "rewords nothing"),
    Case(
      "putInPlate", training, "object: movable, target: pot", "object: movable, target: plates",
      "in-distribution.yaml:44", "has no hollow"),
    Case(
      "moveThePot", training, "{name: lift, family: lift, object: movable,",
      "{name: lift, family: lift, object: [movable, pot],", "'pot' cannot be moved"),
    Case(
      "yawNegative", training, "largestYaw: 30", "largestYaw: -30",
      "in-distribution.yaml:25: training.largestYaw: -30", "from 0 to 180 degrees"),
    Case(
      "regionInverted", training, "min: [0.18, -0.15], max: [0.38, 0.15]",
      "max: [0.18, -0.15], min: [0.38, 0.15]", "the region is empty"),
    Case("regionOutOfReach", training, "max: [0.38, 0.15]", "max: [0.61, 0.15]", "does not reach"),
    Case(
      "handOutOfReach", setup, "max: [0.28, 0.06, 0.17]", "max: [0.28, 0.06, 0.9]",
      "cannot start"),
    Case(
      "objectsTooMany", training, "objectCount: [2, 5]", "objectCount: [2, 500]",
      "from 1 to 24 objects"),
    Case("clearanceHuge", training, "clearance: 0.030", "clearance: 1e300", "from 0.001 to 0.2 m"),
    Case("weightNegative", training, "weight: 0.75", "weight: -1", "weight: -1 is out of range"),
    Case(
      "groupOfItself", training, "cups: [blue-cup,", "cups: [cups, blue-cup,",
      "never itself"),
    Case(
      "groupsInACircle", training, "blocks: [red-block,", "blocks: [things, red-block,",
      "'things' is not known yet"),
    Case(
      "groupTwice", training, "cups: [blue-cup,", "cups: [pink-cup, blue-cup,",
      "'pink-cup' occurs twice"),
    Case("stepsHuge", training, "steps: 30", "steps: 9223372036854775807", "from 2 to 2000 steps"),
    Case("stepsNegative", training, "steps: 30", "steps: -30", "from 2 to 2000 steps"),
    Case("holdLonger", training, "steps: 30", "hold: 30, steps: 30", "cannot hold for 30 of 30"),
    Case("episodesHuge", training, "episodes: 33", "episodes: 1000000000", "10000 episodes"),
    Case(
      "trainingElsewhere", visual, "episodes: 39", "episodes: 39\ntraining: {}",
      "only Benchmarks/in-distribution.yaml has this section"),
    Case(
      "placeForNobody", training, "others: {count: [1, 4], from: movable}, steps: 30",
      "others: {count: [1, 4], from: movable}, places: {skull: [0.3, 0, 0]}, steps: 30",
      "which is not in task 'lift'"),
    Case(
      "crowded", training, "others: {count: [1, 4], from: movable}, steps: 30",
      "others: {count: [15, 15], from: movable}, steps: 30", "do not fit on the table"),
  ]

  @Test(arguments: sceneCases + suiteCases)
  func whatMakesNoSenseIsRefused(_ testCase: Case) throws {
    let root = try SceneRoot()
    try root.edit(testCase.file, replacing: testCase.replacing, by: testCase.by)
    let error = #expect(throws: YAMLError.self) { try TabletopEnvironment(root: root.path) }
    let message = error?.description ?? ""
    for part in testCase.expected { #expect(message.contains(part), "\(message)") }
    for complaint in error?.complaints ?? [] {
      #expect(complaint.line != nil || complaint.file.hasPrefix("Scenes/objects"), "\(complaint)")
    }
  }

  @Test func allMistakesOfAllFilesAreSaidAtOnce() throws {
    let root = try SceneRoot()
    try root.edit(Self.kitchen, replacing: "intensity: 1.0", by: "intensity: x")
    try root.edit(Self.kitchen, replacing: "gloss: 0.25", by: "glos: 0.25")
    try root.edit(Self.bowl, replacing: "floor: 0.006", by: "floor: -1e99")
    try root.edit(Self.carrot, replacing: "color: orange", by: "color: mauve")
    let error = #expect(throws: YAMLError.self) { try TabletopEnvironment(root: root.path) }
    #expect(
      error?.complaints.map { "\($0.file):\($0.line ?? 0) \($0.key)" } == [
        "Scenes/objects/bowl.yaml:9 cavity.floor", "Scenes/objects/carrot.yaml:2 words.color",
        "Scenes/arenas/kitchen.yaml:7 surfaces.table[0].material.glos",
        "Scenes/arenas/kitchen.yaml:20 light.intensity",
      ])
  }

  @Test func twoFilesCannotHoldOneThing() throws {
    let root = try SceneRoot()
    try root.copy(Self.visual, to: "Benchmarks/visual-2.yaml")
    try root.copy("Scenes/objects/can.yaml", to: "Scenes/objects/tin.yml")
    var error = #expect(throws: YAMLError.self) { try TabletopEnvironment(root: root.path) }
    #expect(error?.description.contains("only files that end in .yaml are read") == true)
    try FileManager.default.removeItem(atPath: "\(root.path)/Scenes/objects/tin.yml")
    error = #expect(throws: YAMLError.self) { try TabletopEnvironment(root: root.path) }
    #expect(
      error?.description
        == "Benchmarks/visual-2.yaml:1: name: the file is called 'visual-2' but names 'visual'; make the two the same"
    )
  }

  @Test func tooManyTasksAreRefusedAtOnce() throws {
    let root = try SceneRoot()
    func message(ofTasks count: Int) throws -> String {
      let tasks = (0..<count).map { number in
        "  - {name: t\(number), family: lift, object: can, steps: 30}\n"
      }
      try root.write(
        "name: many\ntitle: Many\nabout: Many.\nepisodes: 1\ntasks:\n" + tasks.joined(),
        to: "Benchmarks/many.yaml")
      let error = #expect(throws: YAMLError.self) { try TabletopEnvironment(root: root.path) }
      return error?.description ?? ""
    }
    #expect(try message(ofTasks: 100_000).hasPrefix("Benchmarks/many.yaml: the file is larger"))
    let long = try message(ofTasks: 3000)
    #expect(long.hasPrefix("Benchmarks/many.yaml:6: tasks: the list has 3000 items; give it from"))
  }
}
