import EnvironmentInterface
import Foundation
import RandomNumbers

extension TabletopDemonstrations {
  /// Every form of instruction, question and answer with every name in it at least once.
  public var corpus: [String] {
    let models = kinds
    let names = models.flatMap { [$0.words.phrase] + $0.words.variants + $0.words.unseen }
    var sentences: [String] = []
    let forms =
      environment.training.wording.values.flatMap(\.self)
      + environment.suiteDefinitions.flatMap { suite in
        suite.factors.values.flatMap { factor in
          if case .reword(let forms, _) = factor.effect { forms } else { [String]() }
        }
      }
    for form in Set(forms).sorted() {
      for (index, name) in names.enumerated() {
        // Each name is an object once and a target once: every pair would add length and no word.
        sentences.append(
          TrainingDistribution.sentence(
            form, object: name, target: names[(index + 7) % names.count]))
      }
    }
    sentences += taskInstructions
    for form in QuestionWriter.forms {
      if form.contains("{object}") {
        sentences += names.map { form.replacingOccurrences(of: "{object}", with: $0) }
      } else {
        sentences += Set(models.map(\.words.noun)).sorted()
          .map { form.replacingOccurrences(of: "{noun}", with: $0) }
      }
    }
    sentences += ["yes", "no", "nothing"] + ObjectWords.colorNames
    for row in [0.1, 0.5, 0.9] {
      for column in [0.1, 0.5, 0.9] {
        sentences.append(QuestionWriter.place(of: [column, row]))
      }
    }
    sentences += names.indices.map { "\(names[$0]), \(names[($0 + 3) % names.count])" }
    return sentences
  }
  /// Every instruction that the tasks may give.
  private var taskInstructions: [String] {
    let (catalog, training) = (environment.catalog, environment.training)
    return tasks.flatMap { task -> [String] in
      guard task.instructions.isEmpty else { return Set(task.instructions.values).sorted() }
      let fixtures = catalog.setups[task.setup]?.arena.fixtures ?? []
      func words(_ names: [String]) -> [ObjectWords] {
        names.compactMap { name in
          catalog.objects[name]?.words ?? fixtures.first { $0.name == name }?.object.words
        }
      }
      let targets: [ObjectWords?] = task.family.hasTarget ? words(task.targets) : [nil]
      return words(task.objects).flatMap { object in
        targets.map {
          training.instruction(
            of: task.family, object: object, target: $0, factors: [], strengths: .none,
            stream: RandomStream(seed: 0))
        }
      }
    }
  }
}
