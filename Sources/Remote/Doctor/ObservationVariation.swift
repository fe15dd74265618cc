import EnvironmentInterface
import Geometry
import ImageFiles

/// A convention about observations that policies and set-ups confuse, as changes that would undo the confusion.
struct ObservationVariation: Sendable {
  var check: String
  var changes: [(name: String, change: @Sendable (inout Observation) -> Void)]
  var mend: String
  var isOfState = false

  func applies(to needs: ObservationNeeds) -> Bool {
    isOfState ? needs.proprioception : !needs.cameras.isEmpty
  }

  static let all = [
    ObservationVariation(
      check: "order of colors",
      changes: [
        ("blue first", { $0.changeImages { pixels($0) { [$0[2], $0[1], $0[0]] } } })
      ],
      mend: "add colors: bgr to the camera in the adapter, or take the conversion out of the policy"
    ),
    ObservationVariation(
      check: "image flip",
      changes: [
        ("turned by 180°", { $0.changeImages { turned($0) } }),
        ("upside down", { $0.changeImages { flipped($0) } }),
        ("mirrored", { $0.changeImages { turned(flipped($0)) } }),
      ],
      mend: "add turn: 180 to the camera in the adapter, or take the flip out of the policy"),
    ObservationVariation(
      check: "crop",
      changes: [
        ("cropped to 90 %", { $0.changeImages { cropped($0, by: 0.05) } }),
        ("cropped to 80 %", { $0.changeImages { cropped($0, by: 0.1) } }),
      ],
      mend: "the policy was trained on cropped pictures: crop them as its own evaluation does"),
    ObservationVariation(
      check: "state layout",
      changes: [
        (
          "with the orientation inverted",
          { observation in
            observation.changeState {
              $0.baseFromGripper.rotation = $0.baseFromGripper.rotation.inverse
            }
          }
        ),
        (
          "with x and y exchanged",
          { observation in
            observation.changeState {
              let place = $0.baseFromGripper.translation
              $0.baseFromGripper.translation = Vector3(place.y, place.x, place.z)
            }
          }
        ),
        (
          "with the position in other axes' signs",
          { observation in
            observation.changeState {
              let place = $0.baseFromGripper.translation
              $0.baseFromGripper.translation = Vector3(place.x, -place.y, place.z)
            }
          }
        ),
      ],
      mend: "compare state in the adapter with the policy's training data, quantity by quantity",
      isOfState: true),
  ]

  // MARK: - Pictures

  private static func pixels(_ image: Image, _ change: (ArraySlice<UInt8>) -> [UInt8]) -> Image {
    var result: [UInt8] = []
    result.reserveCapacity(image.pixels.count)
    for start in stride(from: 0, to: image.pixels.count, by: 3) {
      result += change(ArraySlice(Array(image.pixels[start..<start + 3])))
    }
    return Image(height: image.height, width: image.width, pixels: result)
  }

  private static func turned(_ image: Image) -> Image {
    let backwards = Image(
      height: image.height, width: image.width, pixels: image.pixels.reversed())
    return pixels(backwards) { [$0[2], $0[1], $0[0]] }
  }

  private static func flipped(_ image: Image) -> Image {
    let row = image.width * 3
    let rows = (0..<image.height).reversed().flatMap { image.pixels[$0 * row..<($0 + 1) * row] }
    return Image(height: image.height, width: image.width, pixels: rows)
  }

  private static func cropped(_ image: Image, by share: Double) -> Image {
    Image(
      RGBImage(image).centerCropped(
        height: max(1, Int(Double(image.height) * (1 - 2 * share))),
        width: max(1, Int(Double(image.width) * (1 - 2 * share)))
      ).resized(height: image.height, width: image.width, filter: .bilinear))
  }
}

extension Observation {
  fileprivate mutating func changeImages(_ change: (Image) -> Image) {
    images = images.mapValues(change)
  }

  fileprivate mutating func changeState(_ change: (inout Proprioception) -> Void) {
    if var felt = proprioception {
      change(&felt)
      proprioception = felt
    }
  }
}
