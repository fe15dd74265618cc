import EnvironmentInterface
import Foundation
import Geometry
import RandomNumbers
import Simulation

@testable import Environments

/// What a panel of episodes of every task was when it was recorded: states, words and pixels.
///
/// Shipped policies were trained on these pixels and words, and stored results were measured in these worlds. The
/// panel holds them still while the program around them changes.
struct GoldenPanel: Equatable, Codable {
  /// What drew the pixels; other renderers may draw others.
  var renderer: String
  var episodes: [Row]
  var demonstrations: [Frame]

  struct Row: Equatable, Codable {
    var suite: String
    var task: String
    var index: Int
    var isCleanTwin: Bool
    var instruction: String
    /// Hashes of the first world, of the last one under the expert and of the last one under random actions.
    var first: String
    var expert: String
    var random: String
    /// Hash of the first observation's pixels.
    var pixels: String
  }

  /// A frame that training draws: its words and actions, and its pixels.
  struct Frame: Equatable, Codable {
    var content: String
    var number: Int
    var decisions: String
    var pixels: String
  }

  static let url = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden/tabletop.json")

  static func recorded() throws -> GoldenPanel {
    try JSONDecoder().decode(GoldenPanel.self, from: Data(contentsOf: url))
  }

  func write() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(self) + Data("\n".utf8)).write(to: Self.url)
  }
}

extension GoldenPanel {
  private static let seed: UInt64 = 2024
  private static let randomSteps = 25

  /// The panel as the present program makes it.
  static func made(in environment: TabletopEnvironment) throws -> GoldenPanel {
    var episodes: [Episode] = []
    for task in TaskCase.all {
      for index in 0..<3 {
        let episode = try task.episode(index, seed: seed)
        episodes.append(episode)
        if index == 0, let twin = try environment.cleanTwin(of: episode) { episodes.append(twin) }
      }
    }
    let states = try episodes.map(environment.start)
    let images = try environment.firstImages(of: states)
    let rows = try episodes.indices.map { index in
      try row(episodes[index], startingIn: states[index], image: images[index], in: environment)
    }
    return GoldenPanel(
      renderer: environment.facts["renderer"] ?? "", episodes: rows,
      demonstrations: try frames(.robot, in: environment) + frames(.vision, in: environment))
  }

  private static func row(
    _ episode: Episode, startingIn state: TabletopState, image: Image,
    in environment: TabletopEnvironment
  ) throws -> Row {
    var expert = state
    while expert.world.step < episode.stepLimit, !environment.status(of: expert).isSuccess {
      environment.step(&expert, applying: environment.expertAction(in: expert))
    }
    var random = state
    var source = RandomStream(seed: seed).named(episode.suite, episode.task).numbered(episode.index)
    for _ in 0..<randomSteps {
      func vector(_ most: Double) -> Vector3 {
        Vector3(
          source.uniform(in: -most...most), source.uniform(in: -most...most),
          source.uniform(in: -most...most))
      }
      environment.step(
        &random,
        applying: Action(
          translation: vector(0.05) - Vector3(0, 0, 0.01), rotation: vector(0.2),
          gripper: source.uniform()))
    }
    return Row(
      suite: episode.suite, task: episode.task, index: episode.index,
      isCleanTwin: episode.isCleanTwin, instruction: episode.instruction,
      first: Fingerprint(state.world).text, expert: Fingerprint(expert.world).text,
      random: Fingerprint(random.world).text, pixels: Fingerprint(image).text)
  }

  private static func frames(
    _ content: DemonstrationRequest.Content, in environment: TabletopEnvironment
  ) throws -> [Frame] {
    let request = DemonstrationRequest(
      content: content, seed: seed, decisionsPerFrame: 3, questionsPerFrame: 2, patchGrid: 0,
      chunkLength: 4, turnNoise: 0.2)
    let frames = try TabletopDemonstrations(environment: environment).frames(0..<12, of: request)
    return frames.enumerated().map { number, frame in
      var words = Fingerprint()
      for decision in frame.decisions {
        words.add(decision.instruction)
        for action in decision.nextActions { action.values.forEach { words.add($0) } }
        words.add(decision.goalPoint.x)
        words.add(decision.goalPoint.y)
      }
      for question in frame.questions { words.add(question.question + "|" + question.answer) }
      return Frame(
        content: content.rawValue, number: number, decisions: words.text,
        pixels: Fingerprint(frame.image).text)
    }
  }
}

/// 64-bit FNV-1a of the test's own, so that no change of the program's hash hides a change of the world.
struct Fingerprint {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  init() {}

  init(_ image: Image) {
    add(Double(image.width))
    for byte in image.pixels { add(byte) }
  }

  init(_ world: World) {
    world.jointAngles.forEach { add($0) }
    add(world.baseFromGripper)
    add(world.gripperOpening)
    world.worldFromBody.forEach { add($0) }
    add(Double(world.grasp?.body ?? -1))
    for count in world.grainCounts { add(Double(count)) }
    for pile in world.spilledGrains { add(Double(pile.count)) }
    for cloth in world.cloths {
      for number in [cloth.position.x, cloth.position.y, cloth.yaw] { add(number) }
    }
    add(Double(world.step))
  }

  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(UInt8(0))
  }

  mutating func add(_ number: Double) {
    let bits: UInt64 = number == 0 ? 0 : number.bitPattern
    for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(bits >> UInt64(shift) & 255)) }
  }

  mutating func add(_ pose: RigidTransform) {
    for number in [
      pose.translation.x, pose.translation.y, pose.translation.z, pose.rotation.w, pose.rotation.x,
      pose.rotation.y, pose.rotation.z,
    ] { add(number) }
  }

  var text: String { String(value, radix: 16) }
}
