import Foundation
import RandomNumbers

extension TrainingDistribution {
  /// A sentence with names in the places of `{object}` and `{target}`.
  static func sentence(_ form: String, object: String, target: String?) -> String {
    form.replacingOccurrences(of: "{object}", with: object)
      .replacingOccurrences(of: "{target}", with: target ?? "")
  }

  /// The benchmark's instruction for a scene, reworded where a factor says so.
  func instruction(
    for scene: EpisodeScene, factors: [Factor], strengths: FactorStrengths, stream: RandomStream
  ) -> String {
    let goal = scene.goal
    var form = wording[goal.family]?.first ?? "{object}"
    var object = scene.objects[goal.object].model.words.phrase
    let target = goal.target.map { scene.objects[$0].model.words.phrase }
    for factor in factors {
      guard case .reword(let forms, let unseenNames) = factor.effect else { continue }
      var source = stream.named("factor", factor.name)
      guard strengths[factor] > source.uniform() else { continue }
      if let other = source.element(of: forms) { form = other }
      let unseen = scene.objects[goal.object].model.words.unseen
      if unseenNames, let name = source.element(of: unseen) { object = name }
    }
    return Self.sentence(form, object: object, target: target)
  }
}
