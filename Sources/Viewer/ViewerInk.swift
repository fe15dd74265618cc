internal import CImGui

/// Colors of the window: sRGB, packed 0xRRGGBB.
enum ViewerInk {
  static let paper: UInt32 = 0x1C1F24
  /// What a value of zero is drawn in.
  static let trough: UInt32 = 0x2E333B
  static let bright: UInt32 = 0xF2F2F2
  static let pale: UInt32 = 0x9EA6B2
  static let green: UInt32 = 0x73D980
  static let red: UInt32 = 0xF27366
  static let grey: UInt32 = 0x5C636E
  static let amber: UInt32 = 0xFFB454
  static let blue: UInt32 = 0x6FB7FF

  /// Of the places that a policy names: what it goes for, then the gripper.
  static let places = [amber, blue]

  /// A color between two, `share` of the way from the first.
  static func blend(_ first: UInt32, _ second: UInt32, _ share: Double) -> UInt32 {
    [16, 8, 0].reduce(0) { packed, shift in
      let (from, to) = (Double(first >> shift & 255), Double(second >> shift & 255))
      return packed | UInt32((from + (to - from) * min(1, max(0, share))).rounded()) << shift
    }
  }

  /// The color of an outcome.
  static func ink(of outcome: ViewerOutcome) -> UInt32 {
    switch outcome {
    case .running: grey
    case .success: green
    case .failure, .error: red
    }
  }

  static func components(_ ink: UInt32) -> (Float, Float, Float) {
    (Float(ink >> 16 & 255) / 255, Float(ink >> 8 & 255) / 255, Float(ink & 255) / 255)
  }

  /// Text in a panel that wraps at its edge.
  static func text(_ string: String, _ ink: UInt32) {
    let (red, green, blue) = components(ink)
    CImGui_text(string, red, green, blue)
  }

  static func heading(_ string: String) {
    let (red, green, blue) = components(bright)
    CImGui_heading(string, red, green, blue)
  }
}

extension ViewerOutcome {
  /// In a few words.
  var words: String {
    switch self {
    case .running: "running"
    case .success: "success"
    case .failure(let why): why.isEmpty ? "no success" : "no success: \(why)"
    case .error(let why): why.isEmpty ? "error" : "error: \(why)"
    }
  }
}
