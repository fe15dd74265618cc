import EnvironmentInterface
import Geometry
import Torch

/// What a diffusion policy reads of the robot's state: as the published DROID policies, the hand's pose with its turn as the
/// first two columns of its matrix (Zhou and others, 2019), which has no jumps, and the gripper.
public enum DiffusionState {
  /// Numbers of a state.
  public static let size = 10

  /// Position in the robot's base frame [m], two columns of the rotation, the distance between the fingers [m].
  public static func numbers(of felt: Proprioception) -> [Double] {
    let place = felt.baseFromGripper.translation
    let (x, y, _) = felt.baseFromGripper.rotation.columns
    return [place.x, place.y, place.z, x.x, x.y, x.z, y.x, y.y, y.z, felt.gripperWidth]
  }

  /// The rows of `Sight.states`: each situation's states one after another, scaled.
  public static func rows(
    _ situations: [[Proprioception]], _ statistics: ProprioceptionStatistics
  ) -> Tensor {
    let values = situations.flatMap { states in
      states.flatMap { statistics.normalized(numbers(of: $0)).map(Float.init) }
    }
    return Tensor(values, shape: [situations.count, (situations.first?.count ?? 0) * size])
  }
}
