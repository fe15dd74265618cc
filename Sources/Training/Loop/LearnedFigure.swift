/// What a look at unseen frames measured, as an error that should fall, beside that of the trivial answer which has to be beaten.
public struct LearnedFigure: Hashable, Sendable {
  /// With its unit.
  public var name: String
  public var own: Double
  /// Nil where there is no trivial answer.
  public var trivial: Double?

  /// Whether a training could have measured it: no error of anything comes near the limits of numbers.
  var isMeasurable: Bool { abs(own) < 1e100 && abs(trivial ?? 0) < 1e100 }
}

extension TrainingLogEntry {
  /// Everything that this look measured, the losses first; shares are in percent.
  public var figures: [LearnedFigure] {
    var figures: [LearnedFigure] = []
    func add(_ name: String, _ own: Double?, _ trivial: Double? = nil) {
      if let own { figures.append(LearnedFigure(name: name, own: own, trivial: trivial)) }
    }

    add("loss", loss)
    add("loss of patch labels", patchLoss)
    add("loss of looks", gazeLoss)
    add("wrong tokens [%]", tokenAccuracy.map { 100 * (1 - $0) })
    for figure in [
      StageGate.Figure.x, .y, .z, .yaw, .missedTurns, .gripper, .earlyClosing, .emptyShut, .lie,
    ] {
      let (own, trivial) = error(figure) ?? (nil, nil)
      let scale = figure.isShare ? 100.0 : 1
      add(figure.name, own.map { scale * $0 }, trivial.map { scale * $0 })
    }
    add("turn that it says is left [°]", saidTurnDegrees, zeroSaidTurnDegrees)
    add("how far to turn, off patches [°]", patchTurnDegrees, zeroPatchTurnDegrees)
    add("subgoal [px]", goalPixels)
    add("answers to “where is …?” [px]", answerPixels)
    if let successes, let episodes, episodes > 0 {
      add("episodes not solved [%]", 100 * (1 - Double(successes) / Double(episodes)))
    }
    return figures
  }
}

extension StageGate.Figure {
  /// What the figure is called where people look at it, with its unit.
  public var name: String {
    switch self {
    case .x, .y, .z: "step along \(rawValue) [mm]"
    case .yaw: "turn of the hand [°]"
    case .gripper: "wrong gripper [%]"
    case .lie: "which way things lie, off patches [°]"
    case .earlyClosing: "closings too high above a thing [%]"
    case .emptyShut: "fingers that stay shut on nothing [%]"
    case .missedTurns: "turns of 10° or more missed [%]"
    }
  }

  /// Whether it counts how often something happens, and is no mean of what is off.
  var isShare: Bool {
    switch self {
    case .x, .y, .z, .yaw, .lie: false
    case .gripper, .earlyClosing, .emptyShut, .missedTurns: true
    }
  }
}
