/// Where things are in the window [pixels from its top left].
struct ViewerLayout: Hashable {
  struct Rectangle: Hashable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
  }

  /// The free camera's views, one for each policy; they fill what the panels leave.
  let scenes: [Rectangle]
  /// The list of episodes at the left edge; empty where there is no room.
  let list: Rectangle
  /// What each policy did over time, under the scenes; none where there is no room.
  let timelines: [Rectangle]
  /// Play, scrub bar and speed, under those.
  let transport: Rectangle
  /// Words at the right edge, down to the pictures.
  let words: Rectangle
  /// One for each policy, with room for its name above the picture.
  let pictures: [Rectangle]

  private static let listWidth = 288
  private static let panelWidth = 296
  private static let transportHeight = 52
  private static let margin = 16
  /// The scenes keep at least this much of the height.
  private static let leastScene = 360
  /// What is written above a picture.
  static let nameHeight = 24

  /// - Parameters:
  ///   - tracks: how many policies play, at least 1.
  ///   - observation: the height and width of a policy's picture; nil for none.
  ///   - isFullScreen: whether the scenes have all of the window.
  init(
    width: Int, height: Int, tracks: Int, observation: (height: Int, width: Int)?,
    isFullScreen: Bool = false
  ) {
    let hasList = !isFullScreen && width >= 1000
    let panelWidth = isFullScreen ? 0 : min(Self.panelWidth, width / 2)
    let listWidth = hasList ? Self.listWidth : 0
    let bar = isFullScreen ? 0 : min(Self.transportHeight, height / 4)
    list = Rectangle(x: 0, y: 0, width: listWidth, height: height)
    let line = ActionTimeline.height(isNamed: tracks > 1)
    let hasTimelines = !isFullScreen && height - bar - tracks * line >= Self.leastScene
    let lines = hasTimelines ? tracks * line : 0
    let middle = Rectangle(
      x: listWidth, y: 0, width: max(1, width - panelWidth - listWidth),
      height: max(1, height - bar - lines))
    transport = Rectangle(x: middle.x, y: height - bar, width: middle.width, height: bar)
    timelines = (0..<(hasTimelines ? tracks : 0)).map { number in
      Rectangle(
        x: middle.x, y: middle.height + number * line, width: middle.width, height: line)
    }
    scenes = Self.parts(of: middle, count: max(1, tracks))

    let panel = Rectangle(x: width - panelWidth, y: 0, width: panelWidth, height: height)
    let room = panelWidth - 2 * Self.margin
    guard let observation, room > 0 else {
      words = panel
      pictures = []
      return
    }
    // The policy's very pixels, one to one; a picture that is too large is fitted.
    let most = max(1, (height - 2 * Self.margin) / (tracks + 1) - Self.nameHeight)
    let scale = min(
      1, Double(room) / Double(observation.width), Double(most) / Double(observation.height))
    let size = (
      width: max(1, Int(Double(observation.width) * scale)),
      height: max(1, Int(Double(observation.height) * scale))
    )
    let step = size.height + Self.nameHeight + Self.margin / 2
    pictures = (0..<tracks).map { number in
      Rectangle(
        x: panel.x + (panelWidth - size.width) / 2,
        y: height - (tracks - number) * step + Self.nameHeight - Self.margin / 2,
        width: size.width, height: size.height)
    }
    let top = pictures.first.map { $0.y - Self.nameHeight } ?? height
    words = Rectangle(x: panel.x, y: 0, width: panelWidth, height: max(1, top - Self.margin / 2))
  }

  /// Beside each other where each is about as wide as high then, else above each other.
  private static func parts(of whole: Rectangle, count: Int) -> [Rectangle] {
    let isWide = Double(whole.width) / Double(count) >= 0.9 * Double(whole.height)
    return (0..<count).map { number in
      var part = whole
      if isWide {
        part.x += whole.width * number / count
        part.width = max(1, whole.width * (number + 1) / count - whole.width * number / count)
      } else {
        part.y += whole.height * number / count
        part.height = max(1, whole.height * (number + 1) / count - whole.height * number / count)
      }
      return part
    }
  }
}
