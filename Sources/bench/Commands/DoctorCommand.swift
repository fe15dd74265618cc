import ArgumentParser
import EnvironmentInterface
import Environments
import Evaluation
import Foundation
import Remote

/// `bench doctor`: what silently ruins a policy's score, check by check.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract:
      "Check a policy's contract: gripper, rotation, colors, flips, state, chunks, latency.",
    discussion: """
      The policy is asked about states in which the scripted expert knows what to do, as they are and with one \
      convention changed at a time. A change after which it agrees better with the expert is a convention that is \
      wrong. Exit code 1 where one is.
      """)

  @OptionGroup var rootOption: RootOption

  @Argument(
    help: ArgumentHelp(
      "The policy, as bench run --policy takes it.", valueName: "id|dir|file.py:name|url"))
  var policy: String

  @Option(help: "The suite whose states are looked at.")
  var suite = "in-distribution"

  @Option(help: "How many states are looked at, 8 to 1000.")
  var samples = 48

  @Option(help: "The seed of the episodes that they are taken from.")
  var seed: UInt64 = 0

  @OptionGroup var policyOptions: PolicyOptions

  func validate() throws {
    guard (8...1000).contains(samples) else {
      throw ValidationError("--samples \(samples): give a number from 8 to 1000.")
    }
  }

  func run() throws {
    makeThreadsWaitPassively()
    let root = try rootOption.resolved()
    try reportingFailures {
      let environment = try TabletopEnvironment(root: root.url.path)
      guard let chosen = environment.suites.first(where: { $0.name == suite }) else {
        throw EvaluationError.unknownSuite(suite, known: environment.suites.map(\.name))
      }
      let setups = try environment.setups(of: chosen.tasks.map { (suite, $0) })
      let entrant = try policyOptions.catalog(root, for: setups).entrants([policy])[0]
      guard case .policy(let make) = entrant.contestant.player else {
        throw ValidationError("\(policy) reads the world; it has no contract to check.")
      }
      let patient = try make()
      for (name, value) in entrant.facts.sorted(by: { $0.key < $1.key }) {
        output("        \(name): \(value)")
      }
      let doctor = Doctor(samples: try expertSamples(of: chosen, in: environment, for: patient))
      let findings = try doctor.examine(patient)
      try entrant.recorder?.finish()
      for finding in findings { output(finding.description) }
      if findings.contains(where: { $0.verdict == .wrong }) { throw ExitCode(1) }
    }
  }

  /// States along the expert's way through the suite's tasks, spread over them evenly.
  private func expertSamples(
    of suite: SuiteDescription, in environment: TabletopEnvironment, for policy: any Policy
  ) throws -> [ExpertSample] {
    var found: [ExpertSample] = []
    var index = 0
    while found.count < samples {
      for task in suite.tasks {
        let episode = try environment.episode(
          suite: suite.name, task: task, index: index, seed: seed, strength: 1)
        var state = try environment.start(episode)
        var before: TabletopState?
        for step in 0..<episode.stepLimit where !environment.status(of: state).isSuccess {
          let action = environment.expertAction(in: state)
          // Neighbouring steps look alike.
          if step % 4 == 1, found.count < samples {
            let observation = try environment.observations(
              of: [state], before: [before], needs: policy.needs)[0]
            found.append(ExpertSample(observation: observation, action: action))
          }
          before = state
          environment.step(&state, applying: action)
        }
      }
      index += 1
      guard index <= samples else { break }
    }
    return found
  }
}
