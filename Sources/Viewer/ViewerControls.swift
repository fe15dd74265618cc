/// What the keys do, apart from any window.
enum ViewerControls {
  /// What a key asks for.
  enum Request: Hashable {
    case play, step(Int), restart, episode(Int), speed(Int), resetCamera, region, video, fullScreen
    case leave
  }

  enum Key: Hashable, CaseIterable {
    case space, period, comma, left, right, up, down, r, n, p, c, s, v, f, plus, minus, q, escape
  }

  /// Keys and gestures, and what they do.
  static let help = [
    ("space", "play or pause"), ("← →", "one step"), ("r", "from the start"),
    ("↑ ↓", "another episode"), ("+ −", "faster, slower"), ("drag", "turn the camera"),
    ("right-drag", "shift it"), ("wheel", "come nearer"), ("c", "camera back"),
    ("s", "spawn region"), ("v", "make a video"), ("f", "full screen"), ("q", "quit"),
  ]

  static func request(of key: Key) -> Request {
    switch key {
    case .space: .play
    case .period, .right: .step(1)
    case .comma, .left: .step(-1)
    case .r: .restart
    case .n, .down: .episode(1)
    case .p, .up: .episode(-1)
    case .plus: .speed(1)
    case .minus: .speed(-1)
    case .c: .resetCamera
    case .s: .region
    case .v: .video
    case .f: .fullScreen
    case .q, .escape: .leave
    }
  }
}
