import CTrestle
import Synchronization

/// What callers hold: numbers that are never used twice, so that one which was closed or made up is told from one that lives.
final class Handles: Sendable {
  /// Those of this process.
  static let shared = Handles()

  enum Target: Sendable {
    case simulator(Simulator)
    case batch(Batch)
  }

  private struct Table {
    var targets: [trestle_handle: Target] = [:]
    var last: trestle_handle = 0
  }

  private let table = Mutex(Table())

  func add(_ target: Target) -> trestle_handle {
    table.withLock { table in
      table.last += 1
      table.targets[table.last] = target
      return table.last
    }
  }

  func simulator(_ handle: trestle_handle) throws(CallError) -> Simulator {
    guard case .simulator(let simulator)? = table.withLock({ $0.targets[handle] }) else {
      throw .badArgument("\(handle) is no open simulator; trestle_open makes one")
    }
    return simulator
  }

  func batch(_ handle: trestle_handle) throws(CallError) -> Batch {
    guard case .batch(let batch)? = table.withLock({ $0.targets[handle] }) else {
      throw .badArgument("\(handle) is no open batch; trestle_make makes one")
    }
    return batch
  }

  func remove(_ handle: trestle_handle) throws(CallError) {
    // Let go outside of the lock: the last one of a simulator joins the threads that draw.
    let removed = table.withLock { $0.targets.removeValue(forKey: handle) }
    guard removed != nil else {
      throw .badArgument("\(handle) is neither open simulator nor batch")
    }
  }
}
