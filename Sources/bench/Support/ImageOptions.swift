import ArgumentParser
import Policies

/// What published evaluations do to an image before the checkpoint's own processor sees it.
struct ImageOptions: ParsableArguments {
  @Flag(
    name: .customLong("center-crop"),
    help:
      "Let OpenVLA see the middle 90 % of the image, as checkpoints trained with random crops are evaluated."
  )
  var centerCrop = false

  @Flag(
    name: .customLong("lanczos"),
    help:
      "Resize to 224×224 by Lanczos first, as the published evaluations do (without their JPEG step)."
  )
  var lanczos = false

  var preparation: ImagePreparation {
    ImagePreparation(resizesByLanczos: lanczos, cropsCenter: centerCrop)
  }

  /// Takes what a run was begun with.
  mutating func take(from facts: [String: String]) {
    if facts["lanczos"] != nil { lanczos = true }
    if facts["center_crop"] != nil { centerCrop = true }
  }

  /// What `run.json` says of it: results depend on it.
  var facts: [String: String] {
    var facts: [String: String] = [:]
    if lanczos { facts["lanczos"] = "224" }
    if centerCrop { facts["center_crop"] = "0.9" }
    return facts
  }
}
