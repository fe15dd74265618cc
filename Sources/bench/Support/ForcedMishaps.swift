import EnvironmentInterface
import Environments
import Evaluation
import Geometry

/// Makes each episode's first closing miss: the open hand, once it is right above what it is to grasp and still too high, is held
/// where it is and forced shut.
///
/// A policy whose first closing seldom misses shows in too few episodes what it does after one that did.
final class ForcedMishaps {
  /// So many control steps, in which the fingers shut for sure.
  private static let steps = 2
  /// Sideways within this of what is to be grasped [m].
  private static let reach = 0.012
  /// So high above the grasp [m]: higher than fingers can still close on the thing, and low enough that no step passes it by.
  private static let heights = 0.015...0.050

  /// Steps that are left of each episode's mishap.
  private var left: [EpisodeName: Int] = [:]

  func disturb(_ action: inout Action, _ episode: Episode, _ view: ExpertView) {
    let name = EpisodeName(of: episode)
    if left[name] == nil, view.phase == .reach, view.hand.fingers == .open,
      view.hand.distance < Self.reach, Self.heights.contains(view.hand.height)
    {
      left[name] = Self.steps
    }
    guard let rest = left[name], rest > 0 else { return }
    left[name] = rest - 1
    action = Action(translation: .zero, rotation: .zero, gripper: 0)
  }
}
