import Geometry
import Rendering

@testable import Viewer

/// Episodes of three steps in which a ball goes along a green table, for one policy or two.
final class TestSource: ViewerSource {
  private(set) var selection = 0
  private(set) var tracks: [ViewerTrack] = []
  private(set) var videos = 0
  private let scene: StaticScene
  private let ball: Model
  private let instruction: String
  private let policies: [String]
  let observation: RenderedImage?

  init(
    instruction: String = "put the carrot on the plate", policies: [String] = ["expert"],
    hasObservation: Bool = true
  ) throws {
    self.instruction = instruction
    self.policies = policies
    let table = try Model(parts: [
      Part(
        shape: .box(size: Vector3(4, 4, 0.1)),
        material: Material(color: Color(0.2, 0.6, 0.3), gloss: 0),
        bodyFromShape: RigidTransform(translation: Vector3(0, 0, -0.05)))
    ])
    ball = try Model(parts: [
      Part(
        shape: .ellipsoid(radii: Vector3(repeating: 0.08)),
        material: Material(color: Color(0.85, 0.15, 0.1), gloss: 0))
    ])
    scene = try StaticScene(
      instances: [Instance(model: table)],
      camera: Camera(
        position: Vector3(0.8, 0, 0.8), lookingAt: Vector3(0, 0, 0.08), verticalFieldOfView: 0.8))
    // Every pixel of the policy's image is its own color, so that a shift of one shows.
    var pixels: [UInt8] = []
    for row in 0..<64 {
      for column in 0..<64 {
        pixels += [UInt8(column * 4), UInt8(row * 4), UInt8((row * 7 + column * 3) % 256)]
      }
    }
    observation = hasObservation ? RenderedImage(height: 64, width: 64, pixels: pixels) : nil
    begin(steps: 3)
  }

  /// Plays anew, up to a step; at the third the episode is over.
  func begin(steps: Int) {
    tracks = policies.map { ViewerTrack(policy: $0) }
    for track in tracks {
      for step in 0...steps { add(step, to: track) }
      if steps == 3 { track.finish(.success) }
    }
  }

  /// Plays these instead.
  func show(_ tracks: [ViewerTrack]) { self.tracks = tracks }

  func add(_ step: Int, to track: ViewerTrack) {
    let place = Vector3(0, 0.3 * Double(step), 0.08)
    track.append(
      ViewerMoment(
        frame: Frame(
          staticScene: scene,
          moving: [
            Instance(model: ball, worldFromModel: RigidTransform(translation: place))
          ])))
    if let observation { track.see(observation) }
    guard step < 3 else { return }
    track.act(
      ViewerAction(
        start: Vector3(0, 0, 0.3), end: Vector3(0, 0.03, 0.3),
        values: [0, 0.03, 0, 0, 0, 0, 1]))
  }

  var camera: Camera { scene.camera }

  let episodeCount = 3

  func episode(_ number: Int) -> ViewerEpisode {
    let first = [ViewerOutcome.success, .failure("dropped"), .success][number]
    return ViewerEpisode(
      title: "task \(number)",
      outcomes: policies.count == 1 ? [first] : [first, number == 2 ? .failure("") : first])
  }

  func select(_ number: Int) {
    selection = number
    begin(steps: 3)
  }

  var caption: ViewerCaption {
    ViewerCaption(instruction: instruction, title: "basic/task#\(selection)@0", stepLimit: 3)
  }

  var startRegions: [[Vector3]] {
    [
      [
        Vector3(-0.1, -0.4, 0), Vector3(0.1, -0.4, 0), Vector3(0.1, -0.2, 0),
        Vector3(-0.1, -0.2, 0),
      ]
    ]
  }

  func makeVideo() { videos += 1 }

  var message: String { videos > 0 ? "written: a.mp4" : "" }
}
