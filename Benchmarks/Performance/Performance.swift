import Console
import EnvironmentInterface
import Environments
import Foundation
import RandomNumbers
import Rendering
import Torch

/// Measures what a user waits for, and prints one JSON object: rates a second of this machine.
///
/// `swift run performance [ROOT]`. Figures of one machine mean little alone: `compare.py` beside this file sets them
/// against MuJoCo's in the same minutes. `swift run performance act …` is what `openvla_7b.py` runs; `swift run performance
/// tokens` measures what weights in few bits change, `swift run performance demonstrations`
/// how fast what a training learns from is made, `swift run performance policies CHECKPOINT…` how fast policies act side by side.
@main
enum Performance {
  static func main() {
    StandardStreams.prepare()
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      switch arguments.first {
      case "act": try PublishedSize.measure(Array(arguments.dropFirst()))
      case "client": try ClientOverhead.measure(root: root(arguments.dropFirst().first))
      case "demonstrations": try DemonstrationRates.measure(root: root(arguments.dropFirst().first))
      case "device": try DeviceCheck.measure(Array(arguments.dropFirst()))
      case "tokens": try TokenChange.measure(root: root(arguments.dropFirst().first))
      case "policies": try PolicyRates.measure(Array(arguments.dropFirst()))
      case "simulation": try TabletopRates.measure(root: root(arguments.dropFirst().first))
      case "rendering": try measureDrawing(root: root(arguments.dropFirst().first))
      default: try measureAll(root: root(arguments.first))
      }
    } catch {
      StandardStreams.say("performance: \(error)\n")
      exit(1)
    }
    if StandardStreams.hasFailed { exit(StandardStreams.failureCode) }
  }

  private static func root(_ given: String?) -> String {
    given ?? FileManager.default.currentDirectoryPath
  }

  private static func measureAll(root: String) throws {
    keepFreedMemory()
    var figures: [String: Double] = [:]
    try measureSimulation(root: root, into: &figures)
    for contexts in [1, 2] { try measureRendering(root: root, contexts: contexts, into: &figures) }
    for name in ["openvla", "diffusion-policy"] {
      let folder = URL(fileURLWithPath: root).appendingPathComponent("Checkpoints/\(name)")
      let rates = try PolicyRates(folder, root: root)
      for batch in PolicyRates.batches {
        figures["\(name)_decisions_batch_\(batch)"] = try rates.rate(batch: batch)
          .decisionsPerSecond
      }
    }
    figures["peak_memory_mb"] = peakMemory() / 1e6
    try printJSON(figures.mapValues { ($0 * 10).rounded() / 10 }, [.prettyPrinted, .sortedKeys])
  }

  /// Only what `vector_environment.py` sets Python's vector environment against.
  private static func measureDrawing(root: String) throws {
    var figures: [String: Double] = [:]
    try measureRendering(root: root, contexts: 2, into: &figures)
    try printJSON(figures, [.sortedKeys])
  }

  static func printJSON(_ value: some Encodable, _ format: JSONEncoder.OutputFormatting) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = format
    StandardStreams.print(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
  }

  // MARK: - Simulation

  /// Control steps a second on one core: the expert's own episodes, replayed without the expert and without drawing.
  static func measureSimulation(root: String, into figures: inout [String: Double]) throws {
    figures["simulation_control_steps_per_core"] = try TabletopRates.steps(
      "in-distribution", "put-on-plate", in: TabletopEnvironment(root: root))
  }

  // MARK: - Rendering

  /// Observations a second with shadows and anti-aliasing, arm and six objects, moving, one static layer an episode.
  static func measureRendering(root: String, contexts: Int, into figures: inout [String: Double])
    throws
  {
    let environment = try TabletopEnvironment(root: root, contexts: contexts)
    var states: [TabletopState] = []
    var index = 0
    while states.count < 8, index < 1000 {
      let episode = try environment.episode(
        suite: "in-distribution", task: "put-on-plate", index: index, seed: 2, strength: 1)
      let state = try environment.start(episode)
      // The fullest scenes of the training distribution: plate, object and others.
      if state.world.worldFromBody.count >= 5 { states.append(state) }
      index += 1
    }
    _ = try environment.observations(of: states, needs: [.image])
    var stream = RandomStream(seed: 5)
    let rate = try ratePerSecond(atLeast: 4) {
      for index in states.indices {
        let motion = (0..<3).map { _ in stream.uniform(in: -0.02...0.02) }
        let action = try Action(motion + [0, 0, stream.uniform(in: -0.1...0.1), 1])
        environment.step(&states[index], applying: action)
      }
      return try environment.observations(of: states, needs: [.image]).count
    }
    figures["observations_on_\(contexts)_core\(contexts == 1 ? "" : "s")"] = rate
    figures["objects_drawn"] = states.map { Double($0.world.worldFromBody.count) }.min()
  }

  // MARK: - Clock and memory

  /// How many units of work are done in a second of the processor's time, whoever else wants the processor.
  static func ratePerProcessorSecond(
    atLeast seconds: Double, work: () throws -> Int
  ) rethrows -> Double {
    _ = try work()
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
    let start = now()
    var units = 0
    while now() - start < seconds { units += try work() }
    return Double(units) / (now() - start)
  }

  /// How many units of work a second are done, over at least some seconds after one round to warm up.
  static func ratePerSecond(atLeast seconds: Double, work: () throws -> Int) rethrows -> Double {
    _ = try work()
    let clock = ContinuousClock()
    let start = clock.now
    var units = 0
    var elapsed = 0.0
    while elapsed < seconds {
      units += try work()
      let duration = clock.now - start
      elapsed =
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
    return Double(units) / elapsed
  }

  /// The most memory this process has held [bytes].
  static func peakMemory() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) * 1024
  }
}
