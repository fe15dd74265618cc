import Training

/// How fast a training goes and how long it takes yet, from what this process has done of the stage that it is in.
///
/// Stages differ in images a step and in how long an image takes, and what an earlier process needed was perhaps beside other
/// work: neither steps nor the whole training tell how long the rest takes. The stages to come are taken to be as fast as this one.
struct TrainingPace {
  /// The last step of each stage.
  private let ends: [Int]
  private let imagesInAll: Int
  /// Where this process found the stage.
  private var first: (stage: Int, images: Int, seconds: Double)?

  init(_ recipe: Recipe) {
    var end = 0
    ends = recipe.stages.map {
      end += $0.steps
      return end
    }
    imagesInAll = recipe.stages.reduce(0) { $0 + $1.steps * ($1.robotImages + $1.visionImages) }
  }

  /// Images a second, and the seconds that are left.
  ///
  /// - Parameters:
  ///   - step: how many steps are done, of all stages together.
  ///   - images: how many images they had.
  ///   - seconds: how long they took, in whatever processes.
  mutating func measured(step: Int, images: Int, seconds: Double) -> (rate: Double, left: Double) {
    let stage = ends.firstIndex { step <= $0 } ?? ends.count
    // The first step of a process, or of a stage, only says where the count begins.
    if first?.stage != stage { first = (stage, images, seconds) }
    var (done, needed) = (images, seconds)
    if let first, images > first.images {
      (done, needed) = (images - first.images, seconds - first.seconds)
    }
    let rate = Double(done) / max(1e-9, needed)
    return (rate, Double(max(0, imagesInAll - images)) / max(1e-9, rate))
  }
}
