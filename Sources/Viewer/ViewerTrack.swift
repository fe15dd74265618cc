import Rendering
import Synchronization

/// An episode as one policy carries it out, moment by moment.
///
/// Whoever steps the episode adds moments on a thread of its own; the window shows those that are there. So the window
/// never waits for a policy, and what it shows changes nothing.
public final class ViewerTrack: Sendable {
  public let policy: String
  private let state = Mutex(State())

  private struct State {
    var moments: [ViewerMoment] = []
    var outcome = ViewerOutcome.running
    var isWanted = true
  }

  public init(policy: String) { self.policy = policy }

  // MARK: - For whoever steps the episode

  /// Whether somebody still looks: where nobody does, stepping can stop.
  public var isWanted: Bool { state.withLock { $0.isWanted } }

  public func append(_ moment: ViewerMoment) { state.withLock { $0.moments.append(moment) } }

  /// Completes the last moment with what the policy saw in it.
  public func see(_ observation: RenderedImage) {
    state.withLock {
      guard !$0.moments.isEmpty else { return }
      $0.moments[$0.moments.count - 1].observation = observation
    }
  }

  /// Completes the last moment with what is done in it.
  public func act(_ action: ViewerAction) {
    state.withLock {
      guard !$0.moments.isEmpty else { return }
      $0.moments[$0.moments.count - 1].action = action
    }
  }

  /// No moment follows.
  public func finish(_ outcome: ViewerOutcome) { state.withLock { $0.outcome = outcome } }

  // MARK: - For the window

  /// Says that nobody looks any more.
  public func dismiss() { state.withLock { $0.isWanted = false } }

  /// How many moments are there.
  public var count: Int { state.withLock { $0.moments.count } }

  public var outcome: ViewerOutcome { state.withLock { $0.outcome } }

  /// A moment, or the last one for a number beyond it; nil while there is none.
  public func moment(_ number: Int) -> ViewerMoment? {
    state.withLock { state in
      state.moments.isEmpty ? nil : state.moments[min(max(0, number), state.moments.count - 1)]
    }
  }

  /// The actions so far.
  var actions: [ViewerAction] { state.withLock { $0.moments.compactMap(\.action) } }
}
