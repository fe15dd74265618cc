import CTrestle
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Synchronization

/// Slots in which episodes of one set-up run side by side, each stepped by whoever calls.
final class Batch: Sendable {
  typealias Running = RunningEpisode<TabletopState>

  /// More slots than this are taken for a mistake.
  static let mostSlots = 1024

  /// As records name the policy: the caller's actions, whoever chose them.
  private static let contestant = ContestantDescription(name: "caller", kind: .entry)

  let setup: Setup
  let count: Int
  private let simulator: Simulator
  private let slots: Mutex<[Running?]>

  private var environment: TabletopEnvironment { simulator.environment }

  init(of simulator: Simulator, setup: String, slots count: Int) throws(CallError) {
    guard (1...Self.mostSlots).contains(count) else {
      throw .badArgument("a batch has 1 to \(Self.mostSlots) slots, not \(count)")
    }
    self.simulator = simulator
    self.setup = try simulator.setup(named: setup)
    self.count = count
    slots = Mutex(Array(repeating: nil, count: count))
  }

  // MARK: - Episodes

  /// Starts the episode of a name in a slot; on an error the slot keeps what it had.
  func reset(slot: Int, to name: String) throws {
    try check(slot)
    let episode = try EpisodeName(name).episode(in: environment)
    let own = try environment.interface(of: episode).name
    guard own == setup.name else {
      throw CallError.badArgument(
        "\(name) is played on set-up '\(own)', these slots are of '\(setup.name)'; make a batch of that set-up"
      )
    }
    let running = try Running(starting: episode, slot: slot, in: environment)
    slots.withLock { $0[slot] = running }
  }

  /// What is known of a slot's episode from its start on.
  func facts(slot: Int) throws -> String {
    let running = try running(slot)
    return try json(EpisodeFacts(of: running, setup: setup.name))
  }

  /// The line of `episodes.jsonl` of a slot's episode that is over.
  func record(slot: Int) throws -> String {
    let running = try running(slot)
    guard running.isOver else {
      throw CallError.notReady(
        "the episode in slot \(slot) goes on: \(running.steps) of \(running.episode.stepLimit) steps are made"
      )
    }
    return try json(
      running.record(
        of: Self.contestant, block: EpisodeName(of: running.episode).description,
        finalState: environment.stateHash(of: running.state)))
  }

  // MARK: - Steps

  /// One control step in the slots that are named; in none where one of them cannot.
  ///
  /// - Parameter actions: seven numbers a slot.
  func step(
    _ which: Slots, applying actions: UnsafeBufferPointer<Double>,
    outcomes: UnsafeMutableBufferPointer<trestle_outcome>
  ) throws {
    try slots.withLock { slots in
      var chosen: [(slot: Int, action: Action)] = []
      for slot in which {
        guard let running = slots[slot] else { throw Self.empty(slot) }
        guard !running.isOver else {
          throw CallError.notReady("the episode in slot \(slot) is over; reset the slot first")
        }
        chosen.append((slot, try Self.action(in: actions, slot: slot)))
      }
      for (slot, action) in chosen {
        slots[slot]?.step(applying: action, in: environment)
        if let running = slots[slot] { outcomes[slot] = running.outcome }
      }
    }
  }

  /// What the scripted expert would do in slots, written as seven numbers a slot.
  func expert(_ which: Slots, into actions: UnsafeMutableBufferPointer<Double>) throws {
    for (slot, running) in try running(which) {
      let values = environment.expertAction(in: running.state).values
      for (index, value) in values.enumerated() { actions[slot * Action.count + index] = value }
    }
  }

  private static func action(
    in actions: UnsafeBufferPointer<Double>, slot: Int
  ) throws(CallError) -> Action {
    let values = actions[slot * Action.count..<(slot + 1) * Action.count]
    do {
      return try Action(Array(values))
    } catch {
      throw .badArgument("slot \(slot): \(error)")
    }
  }

  // MARK: - Observations

  /// Draws what a camera sees in slots, `[slots, height, width, 3]`: the one copy on the way to the caller.
  func render(
    _ which: Slots, camera: SetupCamera, into pixels: UnsafeMutableBufferPointer<UInt8>
  ) throws {
    try DrawingProcess.claim()
    let states = try running(which)
    let needs = ObservationNeeds([.camera(camera.name)])
    let observations = try environment.observations(of: states.map(\.1.state), needs: needs)
    let size = camera.height * camera.width * 3
    for ((slot, _), observation) in zip(states, observations) {
      guard let image = observation.images[camera.name], image.pixels.count == size else {
        throw CallError.badArgument("camera '\(camera.name)' gave no image of its size")
      }
      _ = UnsafeMutableBufferPointer(rebasing: pixels[slot * size..<(slot + 1) * size])
        .update(fromContentsOf: image.pixels)
    }
  }

  /// The robot's state in slots, `[slots, state]`.
  func state(_ which: Slots, into numbers: UnsafeMutableBufferPointer<Double>) throws {
    guard let layout = setup.interface.state else { return }
    let states = try running(which)
    let needs: ObservationNeeds = [.proprioception]
    let observations = try environment.observations(of: states.map(\.1.state), needs: needs)
    for ((slot, _), observation) in zip(states, observations) {
      guard let felt = observation.proprioception, let values = layout.numbers(of: felt) else {
        throw CallError.badArgument("the robot of '\(setup.name)' has fewer joints than its state")
      }
      for (index, value) in values.enumerated() { numbers[slot * layout.count + index] = value }
    }
  }

  // MARK: - Slots

  private func check(_ slot: Int) throws(CallError) {
    guard (0..<count).contains(slot) else {
      throw .badArgument("there is no slot \(slot); this batch has 0 to \(count - 1)")
    }
  }

  private func running(_ slot: Int) throws(CallError) -> Running {
    try check(slot)
    guard let running = slots.withLock({ $0[slot] }) else { throw Self.empty(slot) }
    return running
  }

  private func running(_ which: Slots) throws(CallError) -> [(Int, Running)] {
    let all = slots.withLock { $0 }
    var found: [(Int, Running)] = []
    for slot in which {
      guard let running = all[slot] else { throw Self.empty(slot) }
      found.append((slot, running))
    }
    return found
  }

  private static func empty(_ slot: Int) -> CallError {
    .notReady("slot \(slot) has no episode; reset it first")
  }
}

extension RunningEpisode {
  /// Whether it is over: solved, at its step limit, or failed by the environment.
  fileprivate var isOver: Bool { isFinished(continuingAfterSuccess: false) }

  fileprivate var outcome: trestle_outcome {
    let solved = firstSuccessStep != nil
    return trestle_outcome(
      reward: solved ? 1 : 0, progress: progress, steps: Int32(clamping: steps),
      terminated: solved ? 1 : 0, truncated: isOver && !solved ? 1 : 0, reserved: (0, 0))
  }
}
