import EnvironmentInterface

/// What a policy's steps and failures have in common.
public struct Diagnosis: Sendable {
  /// A mean error against the expert, and that of an action of zeros.
  public struct MeanError: Hashable, Sendable {
    public var own: Double
    public var zero: Double
  }

  /// Errors over some steps: sideways and in height [m], about the vertical [rad].
  public struct Errors: Hashable, Sendable {
    public var steps: Int
    public var sideways: MeanError
    public var height: MeanError
    public var turn: MeanError
    /// The fraction of steps in which one opens the fingers and the other closes them.
    public var fingers: Double
  }

  /// How often a policy does in some states what it should.
  public struct Decisions: Hashable, Sendable {
    public var states: Int
    public var policy: Int
    public var expert: Int
  }

  /// How episodes end whose fingers close on nothing before they hold anything, and how those end that hold at once.
  public struct Recovery: Hashable, Sendable {
    public var missed: Int
    public var missedSolved: Int
    public var others: Int
    public var othersSolved: Int
  }

  /// A cause of failure with the episodes that it ended.
  public struct Cause: Hashable, Sendable {
    public struct Occurrence: Hashable, Sendable {
      public var episode: String
      /// The step at which the cause came about.
      public var step: Int
    }

    public var words: String
    public var occurrences: [Occurrence]
  }

  public let records: [EpisodeRecord]
  /// By what the expert was about, in the order of their first steps; all together last.
  public let errors: [(phase: String, errors: Errors)]
  /// Where the expert turns by 10° or more in a step: turned the same way by over 5°, and by over 1°.
  public let turns: Decisions
  public let slightTurns: Decisions
  /// Within 12 mm sideways and 12 to 25 mm too high to grasp: closed the fingers.
  public let closings: Decisions
  /// Fingers shut on nothing: opened them.
  public let openings: Decisions
  /// After a first closing that missed, and after one that did not.
  public let recovery: Recovery
  /// Median distances of what was pointed at from what the expert heads for, and from the gripper, as fractions of the
  /// image; nil for a policy that does not point.
  public let pointing: [Double]?
  /// The most frequent first.
  public let causes: [Cause]

  public init(of steps: [StepDiagnosis], records: [EpisodeRecord]) {
    self.records = records
    var phases: [String] = []
    for step in steps where !phases.contains(step.phase) { phases.append(step.phase) }
    var errors = phases.map { phase in (phase, Errors(steps.filter { $0.phase == phase })) }
    if phases.count > 1 { errors.append(("all", Errors(steps))) }
    self.errors = errors

    func turned(by least: Double) -> Decisions {
      Decisions(steps.filter { abs($0.expert[5]) >= 10 * .pi / 180 - 1e-9 }) { step, action in
        action[5] * (step.expert[5] < 0 ? -1 : 1) > least * .pi / 180
      }
    }
    turns = turned(by: 5)
    slightTurns = turned(by: 1)
    closings = Decisions(
      steps.filter {
        $0.phase == "reach" && !$0.shutOnNothing && $0.distance < 0.012
          && (0.012...0.025).contains($0.height)
      }
    ) { $1[6] < 0.5 }
    openings = Decisions(steps.filter(\.shutOnNothing)) { $1[6] >= 0.5 }

    recovery = Recovery(steps, records)

    let medians = (0...1).compactMap { place in
      let sorted = steps.compactMap { $0.pointingError(place) }.sorted()
      return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
    pointing = medians.count == 2 ? medians : nil
    causes = Self.causes(of: records)
  }

  private static func causes(of records: [EpisodeRecord]) -> [Cause] {
    var causes: [String: Cause] = [:]
    for record in records where record.outcome != .success {
      let words = record.failure?.reason.words ?? record.error.map { "error: \($0.message)" }
      let key = words ?? "without a reason"
      causes[key, default: Cause(words: key, occurrences: [])].occurrences.append(
        Cause.Occurrence(
          episode: EpisodeName(of: record.episode).description,
          step: record.failure?.step ?? record.steps))
    }
    return causes.values.sorted {
      ($1.occurrences.count, $0.words) < ($0.occurrences.count, $1.words)
    }
  }
}

extension Diagnosis.Errors {
  fileprivate init(_ steps: [StepDiagnosis]) {
    let count = Double(max(1, steps.count))
    func mean(_ value: (StepDiagnosis) -> Double) -> Double {
      steps.reduce(0) { $0 + value($1) } / count
    }
    self.init(
      steps: steps.count,
      sideways: Diagnosis.MeanError(
        own: mean(\.sidewaysError),
        zero: mean { ($0.expert[0] * $0.expert[0] + $0.expert[1] * $0.expert[1]).squareRoot() }),
      height: Diagnosis.MeanError(own: mean(\.heightError), zero: mean { abs($0.expert[2]) }),
      turn: Diagnosis.MeanError(own: mean(\.turnError), zero: mean { abs($0.expert[5]) }),
      fingers: mean { $0.fingersDiffer ? 1 : 0 })
  }
}

extension Diagnosis.Recovery {
  /// Episodes in which the fingers never close count among neither.
  fileprivate init(_ steps: [StepDiagnosis], _ records: [EpisodeRecord]) {
    var missed: [String: Bool] = [:]
    for step in steps where (step.shutOnNothing || step.holding) && missed[step.episode] == nil {
      missed[step.episode] = step.shutOnNothing
    }
    self.init(missed: 0, missedSolved: 0, others: 0, othersSolved: 0)
    for record in records {
      let solved = record.isSuccess ? 1 : 0
      switch missed[EpisodeName(of: record.episode).description] {
      case true?: (self.missed, missedSolved) = (self.missed + 1, missedSolved + solved)
      case false?: (others, othersSolved) = (others + 1, othersSolved + solved)
      case nil: break
      }
    }
  }
}

extension Diagnosis.Decisions {
  fileprivate init(
    _ steps: [StepDiagnosis], _ does: (_ step: StepDiagnosis, _ action: [Double]) -> Bool
  ) {
    self.init(
      states: steps.count, policy: steps.count { does($0, $0.predicted) },
      expert: steps.count { does($0, $0.expert) })
  }
}
