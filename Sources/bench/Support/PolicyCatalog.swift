import ArgumentParser
import EnvironmentInterface
import Evaluation
import Foundation
import Policies
import Remote
import Torch

/// A row of the table before it acts.
struct Entrant {
  var contestant: Contestant
  /// Digest of the weights that it acts with; empty for one without.
  var weightsHash = ""
  /// What else its results depend on, for `run.json`.
  var facts: [String: String] = [:]
  /// What is known of it beside how it acts; nil for a policy without weights at hand.
  var policyFacts: PolicyFacts?
  /// Writes what its server is asked and answers.
  var recorder: TrafficRecorder?
}

/// Binds the names that a user may write to policies.
struct PolicyCatalog {
  let root: Root
  let loading: CheckpointLoading
  let statisticsKey: String?
  let remote: RemoteOptions
  /// Where `--record-traffic` writes what a server is asked and answers; nil for nowhere.
  let traffic: String?
  /// The set-ups that the policies shall act in.
  let setups: [Interface]
  /// What could have been asked instead in an episode, for controls that are told so; nil where no run is planned.
  var otherInstruction: ((EpisodeBriefing) -> String?)?

  /// The random policy's largest step [m] and turn [rad]: those of the demonstrations.
  private static let motionLimits = (translation: 0.03, rotation: 0.25)

  /// What runs when nothing is named: one row for each way to act, and what the plain one is without robot pretraining.
  static let defaults = [
    "openvla-grounded", "openvla", "openvla-oft", "diffusion-policy", "scratch", "random", "expert",
  ]

  /// Names of policies whose weights ship with the package, each a folder under `Checkpoints/`.
  static let shipped = [
    "openvla-grounded", "openvla", "openvla-oft", "diffusion-policy", "diffusion-policy-matched",
    "diffusion-policy-matched-blind", "scratch", "from-nothing", "openvla-bridge",
    "diffusion-policy-put-carrot", "diffusion-policy-pour-corn", "diffusion-policy-flip-pot",
  ]

  /// All names that mean a policy of the package's own wherever they are written.
  static let names = shipped + bounds

  /// The floor and the ceiling.
  static let bounds = ["random", "expert"]

  /// The names of the other checkpoints under `Checkpoints/`, sorted: trainings under other seeds, and a user's own.
  static func others(in root: Root) -> [String] {
    let folder = root.path("Checkpoints").path
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return found.sorted().filter {
      !names.contains($0)
        && FileManager.default.fileExists(atPath: root.path("Checkpoints/\($0)/config.json").path)
    }
  }

  /// The policy that does not move.
  static let standing = "zero-action"

  /// The names of policies with those of their controls: each that is judged is kept from one thing at a time.
  ///
  /// - Parameter titles: what the table calls the policies; empty for names of their own.
  static func withControls(_ names: [String], called titles: [String])
    -> (names: [String], titles: [String])
  {
    let own = ["random", "expert", standing]
    let judged = names.indices.filter {
      !own.contains(names[$0]) && ControlName(names[$0]) == nil
    }
    func controls(_ names: [String]) -> [String] {
      judged.flatMap { index in Blindness.allCases.map { ControlName.text(names[index], $0) } }
    }
    let standing = names.contains(standing) ? [] : [standing]
    return (
      names + controls(names) + standing,
      titles.isEmpty ? [] : titles + controls(titles) + standing
    )
  }

  /// A few words on a policy of the package's own.
  static func note(on name: String) -> String {
    switch name {
    case "openvla-grounded": "entry: OpenVLA in small, which says where and how it acts first"
    case "openvla": "entry: OpenVLA in small, as published: seven tokens, each the likeliest"
    case "openvla-oft": "entry: OpenVLA-OFT in small: eight actions in one pass, four executed"
    case "diffusion-policy":
      "entry: Diffusion Policy in small: two frames, the hand's state, eight actions, three executed"
    case "diffusion-policy-matched":
      "entry: Diffusion Policy with what OpenVLA has: one frame, no state, one action"
    case "scratch":
      "entry: openvla without robot pretraining: its vision and language, then the target's demonstrations"
    case "diffusion-policy-matched-blind":
      "control: diffusion-policy-matched, trained on without instructions"
    case "from-nothing":
      "entry: scratch without its vision and language: the target's demonstrations alone"
    case "openvla-bridge": "entry: openvla-grounded on tasks of bridge and google-robot alone"
    case "diffusion-policy-put-carrot", "diffusion-policy-pour-corn", "diffusion-policy-flip-pot":
      "entry: diffusion-policy, gone on with one instruction of franka-tabletop, 150 demonstrations"
    case "random": "floor: random actions"
    case "expert": "ceiling: the scripted expert, which reads the world"
    case standing: "control: does not move"
    default:
      if let parts = name.wholeMatch(of: /(.+)-seed([0-9]+)/) {
        "\(kind(of: name)): the recipe of \(parts.1), trained under seed \(parts.2)"
      } else {
        "\(kind(of: name)): Checkpoints/\(name)"
      }
    }
  }

  /// What a checkpoint's name says that it is: a recipe trained without words is a control.
  private static func kind(of name: String) -> String {
    name.contains(/-blind(-seed[0-9]+)?$/) ? "control" : "entry"
  }

  /// The policies of names, in their order.
  ///
  /// - Parameter titles: what the table calls them; empty for names of their own.
  func entrants(_ names: [String], called titles: [String] = []) throws -> [Entrant] {
    try checkRecording(of: names)
    let rowNames = Self.rowNames(of: names.map(ControlName.policy(of:)))
    return try names.enumerated().map { index, name in
      var entrant = try entrant(named: name, rowNames: rowNames)
      if titles.indices.contains(index) {
        entrant.contestant = entrant.contestant.named(titles[index])
      }
      return entrant
    }
  }

  /// What each policy is called in the table: a folder by its last names, as many as tell it from the others.
  static func rowNames(of names: [String]) -> [String: String] {
    let folders = Set(names).subtracting(Self.names).map { name in
      (name: name, parts: URL(fileURLWithPath: name).standardizedFileURL.pathComponents)
    }
    func title(_ parts: [String], _ count: Int) -> String {
      parts.suffix(count).joined(separator: "/")
    }
    var result: [String: String] = [:]
    for folder in folders {
      let others = folders.filter { $0.parts != folder.parts }
      let count = (1..<max(2, folder.parts.count)).first { count in
        let own = title(folder.parts, count)
        return !Self.names.contains(own) && !others.contains { title($0.parts, count) == own }
      }
      result[folder.name] = title(folder.parts, count ?? folder.parts.count)
    }
    return result
  }

  private func entrant(named name: String, rowNames: [String: String]) throws -> Entrant {
    if let control = ControlName(name) { return try blinded(control, rowNames: rowNames) }
    let rowName = rowNames[name] ?? name
    let limits = Self.motionLimits
    switch name {
    case "random":
      return Entrant(
        contestant: Contestant(name: name, kind: .floor) {
          RandomPolicy(translation: limits.translation, rotation: limits.rotation)
        })
    case "expert":
      return Entrant(contestant: .expert(named: name))
    case Self.standing:
      return Entrant(contestant: Contestant(name: name, kind: .control) { StandingPolicy() })
    default:
      if let entrant = try remoteEntrant(named: name) { return entrant }
      let folder = folder(named: name)
      guard FileManager.default.fileExists(atPath: folder.path) else {
        throw ValidationError(
          "--policy \(name): neither a name (\(Self.names.joined(separator: ", "))), a folder, "
            + "here or under Checkpoints/, FILE.py:NAME, FILE.traffic nor an address."
        )
      }
      // Checked now, so that a policy that can't act is told before hours of rollouts with another one.
      let checkpoint = try PolicyCheckpoint(at: folder)
      let (loading, key) = (self.loading, statisticsKey)
      let names = setups.map(\.name)
      try checkpoint.check(loading: loading, statisticsKey: key, setups: names)
      return Entrant(
        contestant: Contestant(
          name: rowName, kind: checkpoint.instructions == .read ? .entry : .control
        ) {
          try checkpoint.makePolicy(
            name: rowName, loading: loading, statisticsKey: key, setups: names)
        }, weightsHash: try checkpoint.weightsHash(), policyFacts: try checkpoint.facts())
    }
  }

  /// The folder that a policy's name means: the shipped weights, a path, or a folder of that name under `Checkpoints/`.
  private func folder(named name: String) -> URL {
    let own = root.path("Checkpoints/\(name)")
    let path = URL(fileURLWithPath: name, isDirectory: true)
    let isPath = name.contains("/") || FileManager.default.fileExists(atPath: path.path)
    return Self.shipped.contains(name)
      || !isPath && FileManager.default.fileExists(atPath: own.path) ? own : path
  }

  /// A policy that is kept from something on purpose.
  private func blinded(_ control: ControlName, rowNames: [String: String]) throws -> Entrant {
    var entrant = try entrant(named: control.policy, rowNames: rowNames)
    guard case .policy(let make) = entrant.contestant.player else {
      throw ValidationError(
        "--policy \(control.text): the expert reads the world; nothing blinds it.")
    }
    guard control.blindness != .otherInstruction || otherInstruction != nil else {
      throw ValidationError(
        "--policy \(control.text): only bench run knows what else could be asked.")
    }
    let blindness = control.blindness
    let name = ControlName.text(entrant.contestant.name, blindness)
    // The row of the policy itself says them.
    entrant.policyFacts = nil
    let other = otherInstruction ?? { _ in nil }
    entrant.contestant = Contestant(name: name, kind: .control) {
      BlindPolicy(try make(), blindness, called: name, otherInstruction: other)
    }
    return entrant
  }
}
