import Evaluation
import Files
import Foundation
import Policies
import Reports
import Training

/// The page on trainings, read off the logs that lie in their folders.
enum LearningPage {
  /// Whether a folder is of a training, finished or under way.
  static func isOfTraining(_ folder: String) -> Bool {
    FileContents.exists("\(folder)/\(TrainingLogEntry.fileName)")
  }

  /// Where a page goes that nobody named a file for, in a folder that is made: not into a checkpoint, whose files say which
  /// weights acted.
  static func makePlace(of folder: String) throws -> String {
    try FileManager.default.createDirectory(
      atPath: RunPlace.folder, withIntermediateDirectories: true)
    let name = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
    return "\(RunPlace.folder)/training-\(name).html"
  }

  /// - Parameter recipes: the folder of the recipes that there are, whose gates are drawn where a training follows one.
  /// - Throws: `TrainingLogError`, `FileFault` or `InputFileError` with file and line.
  static func html(on folders: [String], among recipes: URL) throws -> String {
    LearningReport(on: try folders.map { try training(in: $0, among: recipes) }).html()
  }

  private static func training(in folder: String, among recipes: URL) throws
    -> LearningReport.Training
  {
    let recipe = Recipe.followed(in: URL(fileURLWithPath: folder), among: recipes)
    let looks = try TrainingLogEntry.entries(inFolder: folder)
    var stages: [LearningReport.Stage] = []
    var curves: [LearningReport.Curve] = []
    for look in looks {
      if stages.last?.name == look.stage {
        stages[stages.count - 1].images = look.images
      } else {
        let gates = recipe?.stages.first { $0.name == look.stage }?.gates ?? []
        stages.append(
          LearningReport.Stage(
            name: look.stage, images: look.images,
            gates: Dictionary(gates.map { ($0.figure.name, $0.atMost) }, uniquingKeysWith: min)))
      }
      for figure in look.figures {
        let point = LearningReport.Point(
          stage: stages.count - 1, images: look.images, own: figure.own, trivial: figure.trivial)
        if let index = curves.firstIndex(where: { $0.name == figure.name }) {
          curves[index].points.append(point)
        } else {
          curves.append(LearningReport.Curve(name: figure.name, points: [point]))
        }
      }
    }
    let seed = try PolicyCheckpoint.trainingFacts(in: URL(fileURLWithPath: folder))?.seed
    return LearningReport.Training(
      name: folder,
      summary: (looks.last.map(summary) ?? "") + (seed.map { ", training seed \($0)" } ?? ""),
      stages: stages, curves: curves)
  }

  private static func summary(of look: TrainingLogEntry) -> String {
    "\(RateText.grouped(look.images)) images in \(RateText.decimal(look.seconds / 60, places: 0)) minutes"
  }
}
