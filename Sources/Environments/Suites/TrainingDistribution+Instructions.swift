import Foundation
import RandomNumbers

extension TrainingDistribution {
  /// A sentence with names in the places of `{object}` and `{target}`.
  static func sentence(_ form: String, object: String, target: String?) -> String {
    form.replacingOccurrences(of: "{object}", with: object)
      .replacingOccurrences(of: "{target}", with: target ?? "")
  }

  /// The benchmark's instruction for a scene, reworded where a factor says so.
  ///
  /// - Parameter task: whose own words are said where it has some.
  func instruction(
    for scene: EpisodeScene, of task: TaskDefinition, factors: [Factor], strengths: FactorStrengths,
    stream: RandomStream
  ) -> String {
    let goal = scene.goal
    let own = task.instruction(for: scene.objects[goal.object].model.name)
    var words = scene.objects[goal.object].model.words
    if let place = factors.location(
      of: goal.object, in: scene, strengths: strengths, stream: stream)
    {
      words.phrase = place
    }
    let sentence =
      own
      ?? instruction(
        of: goal.family, object: words, target: goal.target.map { scene.objects[$0].model.words },
        factors: factors, strengths: strengths, stream: stream)
    return factors.respelled(sentence, strengths: strengths, stream: stream)
  }

  /// The benchmark's instruction for an object and a target, reworded where a factor says so.
  func instruction(
    of family: TaskFamily, object: ObjectWords, target: ObjectWords?, factors: [Factor],
    strengths: FactorStrengths, stream: RandomStream
  ) -> String {
    var form = wording[family]?.first ?? "{object}"
    var name = object.phrase
    for factor in factors {
      guard case .reword(let forms, let unseenNames) = factor.effect else { continue }
      var source = stream.named("factor", factor.name)
      guard strengths[factor] > source.uniform() else { continue }
      if let other = source.element(of: forms) { form = other }
      if unseenNames, let unseen = source.element(of: object.unseen) { name = unseen }
    }
    return Self.sentence(form, object: name, target: target?.phrase)
  }
}
