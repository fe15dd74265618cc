import EnvironmentInterface

/// Which frames a stage's steps are made of: pure functions of (recipe, stage, step).
struct StageMixture: Sendable {
  private let source: any DemonstrationSource
  private var robot: DemonstrationRequest
  private var vision: DemonstrationRequest
  private let robotImages: Int
  private let visionImages: Int

  /// Frames of this number and above are never trained on.
  static let firstHeldOut = 1 << 40

  /// - Parameter patchGrid: Patches along each side of the image, for the stages that label them.
  init(
    _ stage: Stage, number: Int, recipe: Recipe, source: any DemonstrationSource, patchGrid: Int,
    chunkLength: Int
  ) {
    self.source = source
    let seed = recipe.seed &* 1000 &+ UInt64(number)
    let grid = stage.patchWeight > 0 ? patchGrid : 0
    robot = DemonstrationRequest(
      content: .robot, seed: seed, decisionsPerFrame: stage.decisionsPerImage,
      questionsPerFrame: stage.questionsPerRobotImage, patchGrid: grid, chunkLength: chunkLength,
      turnNoise: stage.turnNoise, turnShare: stage.turnShare, mishaps: stage.mishaps,
      misjudgements: stage.misjudgements ?? 0,
      demonstrations: recipe.demonstrations, drawsNoiseAnew: recipe.noiseAnew ?? false,
      seesEarlier: recipe.seesEarlier, variedLooks: stage.variedLooks,
      variedPaints: stage.variedPaints ?? 0,
      variedLamps: stage.variedLamps ?? 0, cameraShift: Self.cameraShift(stage),
      visitedShare: stage.visitedShare ?? 0,
      augmentation: Self.augmentation(stage))
    vision = DemonstrationRequest(
      content: .vision, seed: seed, decisionsPerFrame: 0,
      questionsPerFrame: stage.questionsPerVisionImage, patchGrid: grid, chunkLength: 1,
      seesEarlier: recipe.seesEarlier,
      variedPaints: stage.variedPaints ?? 0, variedLamps: stage.variedLamps ?? 0,
      cameraShift: Self.cameraShift(stage),
      augmentation: Self.augmentation(stage))
    robotImages = stage.robotImages
    visionImages = stage.visionImages
  }

  private static func cameraShift(_ stage: Stage) -> Double {
    stage.cameraShift ?? DemonstrationRequest.usualCameraShift
  }

  private static func augmentation(_ stage: Stage) -> DemonstrationRequest.Augmentation {
    switch stage.augmentation {
    case nil: .none
    case .openVLA: .random
    case .shifts: .shifted
    }
  }

  /// The batch of a step, counted from the stage's first.
  func frames(ofStep step: Int) throws -> [DemonstrationFrame] {
    try frames(
      robotFrom: step * robotImages, count: robotImages, visionFrom: step * visionImages,
      count: visionImages)
  }

  /// The frames that show what was learned, in the stage's proportion, as the policy will see them: random crops are the
  /// middle ones here, and nothing is shifted.
  func heldOutFrames(count: Int) throws -> [DemonstrationFrame] {
    let robotCount = count * robotImages / (robotImages + visionImages)
    var asSeen = self
    // There is but one pool of visited states, and training draws all of it; so it does of demonstrations that are counted.
    asSeen.robot.visitedShare = 0
    asSeen.robot.demonstrations = nil
    let shown: DemonstrationRequest.Augmentation = robot.augmentation == .random ? .centered : .none
    (asSeen.robot.augmentation, asSeen.vision.augmentation) = (shown, shown)
    return try asSeen.frames(
      robotFrom: Self.firstHeldOut, count: robotCount, visionFrom: Self.firstHeldOut,
      count: count - robotCount)
  }

  private func frames(
    robotFrom robotStart: Int, count robotCount: Int, visionFrom visionStart: Int,
    count visionCount: Int
  ) throws -> [DemonstrationFrame] {
    var frames: [DemonstrationFrame] = []
    if robotCount > 0 {
      frames += try source.frames(robotStart..<robotStart + robotCount, of: robot)
    }
    if visionCount > 0 {
      frames += try source.frames(visionStart..<visionStart + visionCount, of: vision)
    }
    return frames
  }
}
