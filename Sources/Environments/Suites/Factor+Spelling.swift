import Geometry
import RandomNumbers

extension [Factor] {
  /// A sentence as factors misspell or end it.
  func respelled(
    _ sentence: String, strengths: FactorStrengths, stream: RandomStream
  ) -> String {
    var sentence = sentence
    for factor in self {
      var source = stream.named("factor", factor.name)
      // As with other factors that are there or not: those that act at one strength do at every higher one.
      let threshold = source.uniform()
      guard strengths[factor] > threshold else { continue }
      switch factor.effect {
      case .typo(let count):
        for _ in 0..<count { sentence = Self.withTypo(sentence, source: &source) }
      case .punctuation(let ends): sentence += source.element(of: ends) ?? ""
      default: continue
      }
    }
    return sentence
  }

  /// Exchanges two different neighbors within a word, not its first letter.
  private static func withTypo(_ sentence: String, source: inout RandomStream) -> String {
    var letters = Array<Character>(sentence)
    let places = letters.indices.dropLast().filter { index in
      index > 0 && letters[index - 1].isLetter && letters[index].isLetter
        && letters[index + 1].isLetter && letters[index] != letters[index + 1]
    }
    guard let place = source.element(of: Array<Int>(places)) else { return sentence }
    letters.swapAt(place, place + 1)
    return String(letters)
  }

  /// What the object is called by where it is in the picture; nil where no factor says so or it is neither to the left nor to the
  /// right of all else.
  func location(
    of object: Int, in scene: EpisodeScene, strengths: FactorStrengths, stream: RandomStream
  ) -> String? {
    for factor in self {
      guard case .locate(let left, let right) = factor.effect else { continue }
      var source = stream.named("factor", factor.name)
      guard strengths[factor] > source.uniform() else { continue }
      let camera = scene.views.primary.camera.camera
      let places = scene.objects.indices.filter { !scene.objects[$0].isFixture }.map { body in
        (body, camera.project(scene.firstPoses[body].translation)?.x ?? 0.5)
      }
      guard places.count > 1 else { return nil }
      if places.min(by: { $0.1 < $1.1 })?.0 == object { return left }
      if places.max(by: { $0.1 < $1.1 })?.0 == object { return right }
    }
    return nil
  }
}
