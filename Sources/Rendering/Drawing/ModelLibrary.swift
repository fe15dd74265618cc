import Foundation

/// The triangles of the models a renderer has seen, at the levels of detail it saw them.
struct ModelLibrary {
  /// Levels differ by a factor of two in size on the screen, the first for 100 pixels a meter.
  private static let levels = 0...6

  private struct Key: Hashable {
    let model: ObjectIdentifier
    let level: Int
  }

  private final class Entry {
    /// Keeps the model alive, so that its identity is not used again.
    let model: Model
    let buffers: ModelBuffers
    var lastUse: Int

    init(model: Model, buffers: ModelBuffers, lastUse: Int) {
      (self.model, self.buffers, self.lastUse) = (model, buffers, lastUse)
    }
  }

  private let capacity: Int
  private var entries: [Key: Entry] = [:]
  /// Those of models that are shown a few times.
  private var fleeting: [Key: Entry] = [:]
  private static let fleetingCapacity = 64
  private var clock = 0

  /// - Parameter capacity: how many models at one level each are kept before the stalest go.
  init(capacity: Int = 2048) { self.capacity = capacity }

  mutating func buffers(for model: Model, pixelsPerMeter: Double) throws -> ModelBuffers {
    let exact = log2(max(pixelsPerMeter, 1) / 100).rounded()
    let level = min(Self.levels.upperBound, max(Self.levels.lowerBound, Int(exact)))
    let key = Key(model: ObjectIdentifier(model), level: level)
    clock += 1
    if let found = entries[key] {
      found.lastUse = clock
      return found.buffers
    }
    if let found = fleeting[key] { return found.buffers }
    let buffers = try ModelBuffers(
      model: model, pixelsPerMeter: 100 * Double(1 << level))
    if model.isFleeting {
      if fleeting.count >= Self.fleetingCapacity { fleeting = [:] }
      fleeting[key] = Entry(model: model, buffers: buffers, lastUse: clock)
      return buffers
    }
    if entries.count >= capacity { forgetStalestHalf() }
    entries[key] = Entry(model: model, buffers: buffers, lastUse: clock)
    return buffers
  }

  private mutating func forgetStalestHalf() {
    let stale = entries.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(entries.count / 2)
    for (key, _) in stale { entries[key] = nil }
  }
}
