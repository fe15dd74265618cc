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
    func percent(_ share: Double?) -> Double? { share.map { 100 * $0 } }
    func percentMissing(_ share: Double?) -> Double? { share.map { 100 * (1 - $0) } }

    add("loss", loss)
    add("loss of patch labels", patchLoss)
    add("loss of looks", gazeLoss)
    add("wrong tokens [%]", percentMissing(tokenAccuracy))
    for (axis, name) in ["x", "y", "z"].enumerated() {
      add("step along \(name) [mm]", errorMillimetres?[axis], zeroMillimetres?[axis])
    }
    add("turn of the hand [°]", yawDegrees, zeroYawDegrees)
    add("turns of 10° or more missed [%]", percentMissing(turnsFound), 100)
    add(
      "wrong gripper [%]", percentMissing(gripperAccuracy), percentMissing(openGripperAccuracy))
    add("closings too high above a thing [%]", percent(earlyClosing), 100)
    add("fingers that stay shut on nothing [%]", percentMissing(emptyOpening), 100)
    add("turn that it says is left [°]", saidTurnDegrees, zeroSaidTurnDegrees)
    add("which way things lie, off patches [°]", lieDegrees, constantLieDegrees)
    add("how far to turn, off patches [°]", patchTurnDegrees, zeroPatchTurnDegrees)
    add("subgoal [px]", goalPixels)
    add("answers to “where is …?” [px]", answerPixels)
    if let successes, let episodes, episodes > 0 {
      add("episodes not solved [%]", 100 * (1 - Double(successes) / Double(episodes)))
    }
    return figures
  }
}
