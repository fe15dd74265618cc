import ArgumentParser
import EnvironmentInterface
import Evaluation
import Foundation
import Policies
import Torch

/// A row of the table before it acts.
struct Entrant {
  var contestant: Contestant
  /// Digest of the weights that it acts with; empty for one without.
  var weightsHash = ""
  /// What else its results depend on, for `run.json`.
  var facts: [String: String] = [:]
}

/// Binds the names that a user may write to policies.
struct PolicyCatalog {
  let root: Root
  let loading: CheckpointLoading
  let statisticsKey: String?
  var remote = RemoteOptions()
  /// The set-ups that the policies shall act in.
  var setups: [Interface] = []

  /// The random policy's largest step [m] and turn [rad]: those of the demonstrations.
  private static let motionLimits = (translation: 0.03, rotation: 0.25)

  /// What runs when nothing is named.
  static let defaults = ["openvla", "diffusion-policy", "scratch", "random", "expert"]

  /// Names of policies whose weights ship with the package, each a folder under `Checkpoints/`.
  static let shipped = ["openvla", "diffusion-policy", "scratch"]

  /// A few words on a default policy.
  static func note(on name: String) -> String {
    switch name {
    case "openvla": "entry: the vision-language-action model, pretrained on vision and language"
    case "diffusion-policy": "entry: a diffusion head over the same encoders"
    case "scratch": "entry: the same model from scratch"
    case "random": "floor: random actions"
    case "expert": "ceiling: the scripted expert, which reads the world"
    default: ""
    }
  }

  /// The policies of names, in their order.
  ///
  /// - Parameter titles: what the table calls them; empty for names of their own.
  func entrants(_ names: [String], called titles: [String] = []) throws -> [Entrant] {
    let rowNames = Self.rowNames(of: names)
    return try names.enumerated().map { index, name in
      var entrant = try entrant(named: name, rowName: rowNames[name] ?? name)
      if titles.indices.contains(index) {
        entrant.contestant = entrant.contestant.named(titles[index])
      }
      return entrant
    }
  }

  /// What each policy is called in the table: a folder by its last names, as many as tell it from the others.
  static func rowNames(of names: [String]) -> [String: String] {
    let folders = Set(names).subtracting(defaults).map { name in
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
        return !defaults.contains(own) && !others.contains { title($0.parts, count) == own }
      }
      result[folder.name] = title(folder.parts, count ?? folder.parts.count)
    }
    return result
  }

  private func entrant(named name: String, rowName: String) throws -> Entrant {
    let limits = Self.motionLimits
    switch name {
    case "random":
      return Entrant(
        contestant: Contestant(name: name, kind: .floor) {
          RandomPolicy(translation: limits.translation, rotation: limits.rotation)
        })
    case "expert":
      return Entrant(contestant: .expert(named: name))
    default:
      if let entrant = try remoteEntrant(named: name) { return entrant }
      let isShipped = Self.shipped.contains(name)
      let folder =
        isShipped ? root.path("Checkpoints/\(name)") : URL(fileURLWithPath: name, isDirectory: true)
      guard FileManager.default.fileExists(atPath: folder.path) else {
        throw ValidationError(
          "--policy \(name): neither a name (\(Self.defaults.joined(separator: ", "))), a folder, "
            + "FILE.py:NAME nor an address."
        )
      }
      // Checked now, so that a policy that can't act is told before hours of rollouts with another one.
      let checkpoint = try PolicyCheckpoint(at: folder)
      let (loading, key) = (self.loading, statisticsKey)
      try checkpoint.check(loading: loading, statisticsKey: key)
      return Entrant(
        contestant: Contestant(name: rowName, kind: .entry) {
          try checkpoint.makePolicy(name: rowName, loading: loading, statisticsKey: key)
        }, weightsHash: try checkpoint.weightsHash())
    }
  }
}
