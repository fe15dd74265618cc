import Rendering
import Simulation
import Synchronization

/// How a cloth is drawn: a sheet for each way that it lies or hangs.
///
/// Keeps the latest, since a cloth that lies still is the same sheet in every picture.
final class ClothLooks: Sendable {
  private let material: Material
  private let sheets = Mutex<[ClothSheet: Model]>([:])

  /// Ways to lie that are kept.
  private static let capacity = 32

  init(_ material: Material) { self.material = material }

  func model(of sheet: ClothSheet, thickness: Double) -> Model? {
    sheets.withLock { sheets in
      if let known = sheets[sheet] { return known }
      let made = try? Model(
        parts: [
          Part(
            shape: .sheet(
              points: sheet.points, columns: sheet.columns, thickness: thickness),
            material: material)
        ], isFleeting: true)
      if sheets.count >= Self.capacity { sheets = [:] }
      sheets[sheet] = made
      return made
    }
  }
}
