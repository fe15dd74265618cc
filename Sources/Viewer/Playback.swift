/// Where a window is in an episode, and how fast it goes on: apart from any window.
struct Playback: Hashable {
  static let speeds = [0.25, 0.5, 1, 2, 4, 8]

  /// Control steps a second at speed 1.
  let rate: Double
  var isPlaying: Bool
  private(set) var speed = 1.0
  /// In control steps from the start; what is shown is the last whole one.
  private var position = 0.0

  init(rate: Double, isPlaying: Bool) {
    self.rate = rate
    self.isPlaying = isPlaying
  }

  var step: Int { Int(position) }

  /// The last step that can be shown of tracks that are under way or over: all of them have got there.
  static func lastStep(of tracks: [(count: Int, isOver: Bool)]) -> Int {
    let waiting = tracks.filter { !$0.isOver }.map(\.count).min()
    return max(0, (waiting ?? tracks.map(\.count).max() ?? 0) - 1)
  }

  /// Lets time pass [s], up to the last step there is.
  mutating func advance(by seconds: Double, lastStep: Int) {
    guard isPlaying else { return }
    position = min(position + seconds * rate * speed, Double(lastStep) + 0.999)
    // A step that is waited for begins when it is there.
    if step == lastStep { position = Double(lastStep) }
  }

  /// Goes to a step, as far as there is one.
  mutating func seek(_ step: Int, lastStep: Int) {
    position = Double(min(max(0, step), lastStep))
  }

  /// One speed faster or slower.
  mutating func change(speedBy places: Int) {
    let place = Self.speeds.firstIndex(of: speed) ?? 2
    speed = Self.speeds[min(max(0, place + places), Self.speeds.count - 1)]
  }
}
