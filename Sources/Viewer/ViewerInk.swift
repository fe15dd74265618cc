internal import CImGui

/// Colors of the window: sRGB, packed 0xRRGGBB.
enum ViewerInk {
  static let paper: UInt32 = 0x1C1F24
  static let bright: UInt32 = 0xF2F2F2
  static let pale: UInt32 = 0x9EA6B2
  static let green: UInt32 = 0x73D980
  static let red: UInt32 = 0xF27366
  static let grey: UInt32 = 0x5C636E
  static let amber: UInt32 = 0xFFB454
  static let blue: UInt32 = 0x6FB7FF

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
