import EnvironmentInterface
import Geometry
import RandomNumbers
import Rendering

/// Writes questions about a picture, with answers that are known because the picture was drawn.
struct QuestionWriter: Sendable {
  /// Objects that questions may name, among them some that are not there.
  let known: [ObjectModel]
  /// Whether unseen words are used too: as in text from the web, and never in robot demonstrations.
  let usesUnseenWords: Bool

  /// The forms of questions; `{object}` is a name and `{noun}` a kind of thing.
  static let forms = [
    "where is the {object}?", "do you see the {object}?", "what color is the {noun}?",
    "where is the gripper?", "what is the robot holding?",
  ]

  /// An object must show this many pixels to be asked about.
  private static let leastPixels = 25

  /// At most `count` different questions about a view.
  func questions(
    _ count: Int, about view: View, labels: LabelImage, source: inout RandomStream
  ) -> [Question] {
    let visible = visibleObjects(of: view, labels: labels)
    var questions: [Question] = []
    var asked: Set<String> = []
    for _ in 0..<count * 4 where questions.count < count {
      guard let question = question(about: view, visible: visible, source: &source),
        asked.insert(question.question).inserted
      else { continue }
      questions.append(question)
    }
    return questions
  }

  private func question(
    about view: View, visible: [Int], source: inout RandomStream
  ) -> Question? {
    let draw = source.uniform()
    switch draw {
    case ..<0.53: return whereIs(view, visible, &source)
    case ..<0.71: return doYouSee(view, visible, &source)
    case ..<0.86: return whatColor(view, visible, &source)
    case ..<0.94:
      let point = view.imagePoint(of: view.fingertips)
      return Question(
        question: "where is the gripper?", answer: Self.place(of: point), point: point)
    default:
      return Question(
        question: "what is the robot holding?",
        answer: view.held.map { view.objects[$0].model.words.phrase } ?? "nothing")
    }
  }

  private func whereIs(_ view: View, _ visible: [Int], _ source: inout RandomStream) -> Question? {
    guard let index = source.element(of: visible) else { return nil }
    let name = name(of: view.objects[index].model, &source)
    let point = view.imagePoint(ofObject: index)
    return Question(
      question: "where is the \(name)?", answer: Self.place(of: point), point: point,
      mentions: [Mention(phrase: name, point: point)])
  }

  private func doYouSee(_ view: View, _ visible: [Int], _ source: inout RandomStream) -> Question? {
    if source.chance(0.5), let index = source.element(of: visible) {
      let name = name(of: view.objects[index].model, &source)
      return Question(
        question: "do you see the \(name)?", answer: "yes",
        mentions: [Mention(phrase: name, point: view.imagePoint(ofObject: index))])
    }
    // Things that are hidden behind the arm are in the scene: they are asked about neither way.
    let present = Set(view.objects.flatMap { names(of: $0.model) })
    let absent = known.filter { present.isDisjoint(with: names(of: $0)) }
    guard let model = source.element(of: absent) else { return nil }
    return Question(question: "do you see the \(name(of: model, &source))?", answer: "no")
  }

  private func whatColor(_ view: View, _ visible: [Int], _ source: inout RandomStream) -> Question?
  {
    let nouns = view.objects.map(\.model.words.noun)
    let single = visible.filter { index in nouns.count { $0 == nouns[index] } == 1 }
    guard let index = source.element(of: single) else { return nil }
    let words = view.objects[index].model.words
    return Question(
      question: "what color is the \(words.noun)?", answer: words.color,
      mentions: [Mention(phrase: words.noun, point: view.imagePoint(ofObject: index))])
  }

  // MARK: - Words

  private func names(of model: ObjectModel) -> [String] {
    [model.words.phrase] + model.words.variants + (usesUnseenWords ? model.words.unseen : [])
  }

  private func name(of model: ObjectModel, _ source: inout RandomStream) -> String {
    source.chance(0.6) ? model.words.phrase : source.element(of: names(of: model)) ?? ""
  }

  /// A place in words, in thirds of the image.
  static func place(of point: Vector2) -> String {
    let rows = ["top", "middle", "bottom"]
    let columns = ["left", "center", "right"]
    func third(_ fraction: Double) -> Int { min(2, max(0, Int(fraction * 3))) }
    return "\(rows[third(point.y)]) \(columns[third(point.x)])"
  }

  private func visibleObjects(of view: View, labels: LabelImage) -> [Int] {
    var counts = [Int](repeating: 0, count: view.objects.count + 1)
    for label in labels.labels { counts[min(view.objects.count, Int(label))] += 1 }
    return view.objects.indices.filter {
      counts[$0 + 1] >= Self.leastPixels && view.objects[$0].kind != nil
    }
  }
}
