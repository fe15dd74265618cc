import EnvironmentInterface
import ImageFiles

/// Where one value of what a server reads comes from.
public indirect enum InputSource: Hashable, Sendable {
  /// A camera's picture, made what the policy was trained on.
  case camera(PictureInput)
  /// Numbers of the robot's state.
  case state(StateInput)
  /// The episode's instruction.
  case instruction(lowercased: Bool, isListed: Bool)
  /// The same in every question.
  case constant(WireValue)
  /// Values under names of their own.
  case map([NamedInput])
}

/// A key of what a server reads, with its value's source.
public struct NamedInput: Hashable, Sendable {
  public var key: String
  public var source: InputSource
}

/// How a camera's picture becomes the picture that a policy reads.
public struct PictureInput: Hashable, Sendable {
  public enum Fit: String, Hashable, Sendable, CaseIterable {
    /// Black margins make it square before it is resized (openpi's `resize_with_pad`).
    case pad
    /// It is resized whatever that does to its proportions.
    case stretch
    /// The largest part of the middle that has the wanted proportions.
    case crop
  }

  public var camera: String
  public var height: Int?
  public var width: Int?
  public var fit = Fit.stretch
  /// Upside down, as LIBERO's datasets are.
  public var isTurned = false
  /// Blue first.
  public var isBGR = false
  /// Black stands for a camera that the set-up does not have.
  public var otherwiseBlack = false
  /// How many axes of length 1 come before height, width and color.
  public var leadingAxes = 0

  public init(camera: String) { self.camera = camera }

  /// - Throws: `CodecError` never in practice: the bytes are those of the shape.
  func array(of image: Image?) throws(CodecError) -> NumericArray {
    let side = 224
    var picture =
      image.map(RGBImage.init)
      ?? RGBImage(
        height: height ?? side, width: width ?? side,
        pixels: [UInt8](repeating: 0, count: (height ?? side) * (width ?? side) * 3))
    if let height, let width, (height, width) != (picture.height, picture.width) {
      switch fit {
      case .pad: picture = picture.letterboxed(fill: [0, 0, 0])
      case .crop:
        let scale = min(
          Double(picture.height) / Double(height), Double(picture.width) / Double(width))
        picture = picture.centerCropped(
          height: max(1, Int(Double(height) * scale)), width: max(1, Int(Double(width) * scale)))
      case .stretch: break
      }
      picture = picture.resized(height: height, width: width, filter: .bilinear)
    }
    var pixels = picture.pixels
    if isTurned {
      // Both axes reversed: the pixels backwards, each with its colors in order.
      pixels.reverse()
      Self.swapRedAndBlue(&pixels)
    }
    if isBGR { Self.swapRedAndBlue(&pixels) }
    return try NumericArray(
      type: .uint8,
      shape: [Int](repeating: 1, count: leadingAxes) + [picture.height, picture.width, 3],
      bytes: pixels)
  }

  private static func swapRedAndBlue(_ pixels: inout [UInt8]) {
    for index in stride(from: 0, to: pixels.count - 2, by: 3) { pixels.swapAt(index, index + 2) }
  }
}

/// Which numbers of the robot's state a policy reads.
public struct StateInput: Hashable, Sendable {
  public var layout: StateLayout
  /// The numbers of the layout that are taken; nil for all.
  public var part: Range<Int>?
  public var leadingAxes = 0

  public init(layout: StateLayout) { self.layout = layout }
}

extension InputSource {
  /// The value for an observation.
  ///
  /// - Throws: `PolicyError.missingInput` where the observation lacks what is read.
  func value(in observation: Observation) throws(PolicyError) -> WireValue {
    switch self {
    case .camera(let picture):
      let image = observation.images[picture.camera]
      guard image != nil || picture.otherwiseBlack else {
        throw .missingInput("the image of camera \(picture.camera)")
      }
      do { return .array(try picture.array(of: image)) } catch {
        throw .failed(error.description)
      }
    case .state(let state):
      guard let felt = observation.proprioception else { throw .missingInput("proprioception") }
      guard var numbers = state.layout.numbers(of: felt) else {
        throw .missingInput("\(state.layout.jointCount) joint angles")
      }
      if let part = state.part { numbers = Array(numbers[part.clamped(to: 0..<numbers.count)]) }
      let vector = NumericArray(float32: numbers)
      do {
        return .array(
          try NumericArray(
            type: .float32,
            shape: [Int](repeating: 1, count: state.leadingAxes) + vector.shape,
            bytes: vector.bytes))
      } catch { throw .failed(error.description) }
    case .instruction(let lowercased, let isListed):
      guard let instruction = observation.instruction else { throw .missingInput("instruction") }
      let text = WireValue.text(lowercased ? instruction.lowercased() : instruction)
      return isListed ? .list([text]) : text
    case .constant(let value): return value
    case .map(let inputs): return try inputs.value(in: observation)
    }
  }

  /// The sources inside a map, or this one alone.
  var leaves: [InputSource] {
    if case .map(let inputs) = self { inputs.flatMap(\.source.leaves) } else { [self] }
  }
}

extension [NamedInput] {
  func value(in observation: Observation) throws(PolicyError) -> WireValue {
    var entries: [WireValue.Entry] = []
    for input in self {
      entries.append(
        .init(key: .text(input.key), value: try input.source.value(in: observation)))
    }
    return .map(entries)
  }
}
