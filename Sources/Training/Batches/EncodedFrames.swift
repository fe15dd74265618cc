import EnvironmentInterface
import Networks
import Torch

/// Frames as packed segments, with what each target means.
struct EncodedFrames {
  let packed: PackedSegments
  /// For each segment with targets, in the order of the targets: what was asked and how many targets it has.
  let contents: [(content: Content, targets: [Int])]

  private let segments: [[Segment]]

  enum Content {
    case decision(Decision)
    case question(Question)
  }

  /// - Parameters:
  ///   - scales: the tokens that are bins, such as places.
  ///   - noise: blurs the action tokens that are read back.
  init(
    _ frames: [DemonstrationFrame], encoder: inout SequenceEncoder, scales: [TokenScale],
    noise: ActionNoise? = nil
  ) throws {
    var noise = noise
    var segments: [[Segment]] = []
    var contents: [(content: Content, targets: [Int])] = []
    for frame in frames {
      var list: [Segment] = []
      for decision in frame.decisions {
        let segment = try encoder.segment(for: decision, of: frame.dataset, noise: &noise)
        list.append(segment)
        contents.append((.decision(decision), segment.labels.filter { $0 >= 0 }))
      }
      for question in frame.questions {
        let segment = try encoder.segment(for: question)
        list.append(segment)
        contents.append((.question(question), segment.labels.filter { $0 >= 0 }))
      }
      segments.append(list)
    }
    // Every image needs as many texts as the one with most: empty ones carry no target.
    let count = segments.map(\.count).max() ?? 0
    let empty = Segment(tokens: [], labels: [], weights: [])
    segments = segments.map { $0 + Array(repeating: empty, count: count - $0.count) }
    // Few distinct lengths keep the allocator's caches warm.
    let longest = segments.joined().map(\.tokens.count).max() ?? 1
    packed = try PackedSegments(
      tokens: segments.map { $0.map(\.tokens) }, targets: segments.map { $0.map(\.labels) },
      weights: segments.map { $0.map(\.weights) }, scales: scales, length: (longest + 3) / 4 * 4)
    self.contents = contents
    self.segments = segments
  }

  /// Which patch some tokens should look at: those before a location at what it says, and, one layer earlier, those
  /// that end a name at what it names.
  ///
  /// - Parameter grid: Patches along each side of the image.
  func gazes(grid: Int) -> [PatchGaze] {
    [
      gaze(at: \.places, layersBeforeLast: 1, grid: grid),
      gaze(at: \.mentions, layersBeforeLast: 2, grid: grid),
    ].compactMap(\.self)
  }

  private func gaze(
    at places: KeyPath<Segment, [Segment.Place]>, layersBeforeLast: Int, grid: Int
  ) -> PatchGaze? {
    var tokens: [(image: Int, segment: Int, column: Int, patch: Int)] = []
    for (image, list) in segments.enumerated() {
      for (number, segment) in list.enumerated() {
        for place in segment[keyPath: places] {
          tokens.append((image, number, place.column, place.patch(ofGrid: grid)))
        }
      }
    }
    return tokens.isEmpty
      ? nil : PatchGaze(tokens, in: packed, layersBeforeLast: layersBeforeLast)
  }
}
