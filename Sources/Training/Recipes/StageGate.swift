/// What a stage must have learned by its end, or the training stops: an error of the policy's actions that is at most so
/// large a share of a trivial answer's.
public struct StageGate: Hashable, Sendable, Codable {
  /// Which error, on frames that training never sees.
  public enum Figure: String, Hashable, Sendable, Codable, CaseIterable {
    /// Mean absolute errors of the step [mm] and the turn about the vertical [degree]; the trivial answer is zero.
    case x, y, z, yaw
    /// How often the fingers disagree with the expert's; the trivial answer is open.
    case gripper
    /// Mean absolute error of the way that things lie, read off the patches that show them [degree]; the trivial answer
    /// is the best one to all.
    case lie
    /// How often the fingers close right above a thing and too high, stay shut though they closed on nothing, and how
    /// often a turn of 10 degrees or more is missed; the trivial answer is always.
    case earlyClosing = "early-closing"
    case emptyShut = "empty-shut"
    case missedTurns = "missed-turns"
  }

  public var figure: Figure
  /// Of the trivial answer's error.
  public var atMost: Double

  public init(figure: Figure, atMost: Double) {
    self.figure = figure
    self.atMost = atMost
  }

  enum CodingKeys: String, CodingKey, CaseIterable {
    case figure = "error"
    case atMost = "at_most"
  }

  /// Why the gate is not passed, with both figures; nil where it is.
  func miss(in entry: TrainingLogEntry) -> String? {
    guard let (own, trivial) = entry.error(figure) else {
      return "\(figure.rawValue): nothing in the frames that are held out measures it"
    }
    guard own > atMost * trivial else { return nil }
    return
      "\(figure.rawValue): \(number(own)) where the trivial answer has \(number(trivial)) and at most "
      + "\(number(atMost)) of that is asked for"
  }

  private func number(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}

extension TrainingLogEntry {
  /// An error of the policy's actions, and that of the trivial answer; nil where none were compared.
  func error(_ figure: StageGate.Figure) -> (own: Double, trivial: Double)? {
    func axis(_ index: Int) -> (Double, Double)? {
      guard let errorMillimetres, let zeroMillimetres else { return nil }
      return (errorMillimetres[index], zeroMillimetres[index])
    }
    switch figure {
    case .x: return axis(0)
    case .y: return axis(1)
    case .z: return axis(2)
    case .yaw:
      guard let yawDegrees, let zeroYawDegrees else { return nil }
      return (yawDegrees, zeroYawDegrees)
    case .gripper:
      guard let gripperAccuracy, let openGripperAccuracy else { return nil }
      return (1 - gripperAccuracy, 1 - openGripperAccuracy)
    case .lie:
      guard let lieDegrees, let constantLieDegrees else { return nil }
      return (lieDegrees, constantLieDegrees)
    case .earlyClosing: return earlyClosing.map { ($0, 1) }
    case .emptyShut: return emptyOpening.map { (1 - $0, 1) }
    case .missedTurns: return turnsFound.map { (1 - $0, 1) }
    }
  }
}

/// A stage has not learned what its gates ask for; what it learned is kept.
public struct TrainingGateMissed: Error, CustomStringConvertible {
  public var stage: String
  public var misses: [String]

  /// Which stage misses what.
  public var finding: String {
    "stage '\(stage)' misses its gate: " + misses.joined(separator: "; ")
  }

  public var description: String {
    "\(finding). The training stops here. Change the recipe and begin anew, or go on all the same with --resume."
  }
}
