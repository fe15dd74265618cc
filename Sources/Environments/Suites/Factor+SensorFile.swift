import Geometry
import Simulation
import StrictYAML

// Kinds of factors that change what is seen, said or done rather than what stands on the table.

extension NumberLimits {
  static let noise = NumberLimits(TrainingSupport.least.noise...0.5)
  static let blur = NumberLimits(TrainingSupport.least.blur...8, "pixels")
  static let graspTolerance = NumberLimits(0.2...0.95)
  fileprivate static let stops = NumberLimits(-4...4)
  fileprivate static let cameraShift = NumberLimits(0...0.5, "m")
  fileprivate static let cameraTurn = NumberLimits(0...30, "degrees")
}

extension YAMLValue {
  /// `{NAME: number}`.
  func single(_ name: String, _ limits: NumberLimits) throws -> Double {
    try mapping(knownKeys: [name]).required(name).number(within: limits)
  }

  func exposure() throws -> Factor.Effect {
    let stops = try mapping(knownKeys: ["stops"]).required("stops")
      .list(CountLimits(1...20, "numbers")).map { try $0.number(within: .stops) }
    guard stops.allSatisfy({ abs($0) >= TrainingSupport.least.stops }) else {
      throw error("less than a tenth of a stop shows nothing", mend: "write larger numbers")
    }
    return .exposure(stops: stops)
  }

  func camera() throws -> Factor.Effect {
    let fields = try mapping(knownKeys: ["shift", "turn"])
    let shift = try fields["shift"]?.number(within: .cameraShift) ?? 0
    let turn = (try fields["turn"]?.number(within: .cameraTurn) ?? 0) * .pi / 180
    let least = TrainingSupport.leastMove
    guard shift >= least.shift || turn >= least.turn else {
      throw error(
        "the camera stays where it is",
        mend: "give it a `shift` of 5 mm or more, or a `turn` of half a degree or more")
    }
    return .camera(shift: shift, turn: turn)
  }

  func latency() throws -> Factor.Effect {
    .latency(
      steps: try mapping(knownKeys: ["steps"]).required("steps")
        .integer(within: CountLimits(1...20, "steps")))
  }

  func startBox() throws -> Factor.Effect {
    let box = try mapping(knownKeys: ["outer"]).required("outer").box()
    return .start(outer: Workspace(min: box.min, max: box.max))
  }

  func locate() throws -> Factor.Effect {
    let fields = try mapping(knownKeys: ["left", "right"])
    func phrase(_ name: String) -> String {
      fields.read(name, or: "…") { try $0.text(atMost: TextLimits.phrase) }
    }
    return .locate(left: phrase("left"), right: phrase("right"))
  }

  func typo() throws -> Factor.Effect {
    .typo(
      count: try mapping(knownKeys: ["count"]).required("count")
        .integer(within: CountLimits(1...5, "typos")))
  }

  func punctuation() throws -> Factor.Effect {
    let list = try mapping(knownKeys: ["ends"]).required("ends")
    let ends = try list.phrases()
    guard !ends.isEmpty else { throw list.error("there is no end", mend: "write at least one") }
    return .punctuation(ends: ends)
  }
}
