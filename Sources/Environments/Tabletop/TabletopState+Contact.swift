import EnvironmentInterface

extension TabletopState {
  /// What the gripper has touched and holds.
  var contact: TaskContact {
    TaskContact(
      firstTouched: world.firstTouched.map(role), held: (world.grasp?.body).map(role))
  }

  private func role(of body: Int) -> TaskRole {
    if body == scene.goal.object { return .object }
    return body == scene.goal.target ? .target : .other
  }
}
