import EnvironmentInterface
import Geometry

extension TabletopEnvironment {
  /// Joints [rad], the gripper in the robot's base frame and its opening [m], every body in the world's frame, the number
  /// of the body in the fingers (−1 for none), how far every drawer or lid is open [m or rad], how many grains each body
  /// holds and how many lie on the table, and where each cloth's middle is [m], how it is turned [rad] and whether it is held.
  /// Quaternions are (w, x, y, z).
  public func stateNames(of state: TabletopState) -> [String] {
    let pose = ["x", "y", "z", "qw", "qx", "qy", "qz"]
    let (world, bodies) = (state.world, state.scene.tabletop.bodies)
    var names = world.jointAngles.indices.map { "joint_\($0)" }
    names += pose.map { "gripper_\($0)" } + ["gripper_opening"]
    for (number, body) in bodies.enumerated() {
      names += pose.map { "body_\(number)_\(body.name)_\($0)" }
    }
    names.append("held_body")
    names += world.articulationPositions.indices.map { "articulation_\($0)" }
    if !world.grainCounts.isEmpty {
      names += world.grainCounts.indices.map { "grains_\($0)" } + ["grains_spilled"]
    }
    return names
      + world.cloths.indices.flatMap { cloth in
        ["x", "y", "yaw", "held"].map { "cloth_\(cloth)_\($0)" }
      }
  }

  public func stateValues(of state: TabletopState) -> [Double] {
    let world = state.world
    var values: [Double] = []
    // A run that records asks for this at every step.
    values.reserveCapacity(
      world.jointAngles.count + world.articulationPositions.count
        + 7 * (world.worldFromBody.count + 1) + world.grainCounts.count + 4 * world.cloths.count + 3
    )
    values += world.jointAngles
    values.append(world.baseFromGripper)
    values.append(world.gripperOpening)
    for pose in world.worldFromBody { values.append(pose) }
    values.append(world.grasp.map { Double($0.body) } ?? -1)
    values += world.articulationPositions
    if !world.grainCounts.isEmpty {
      for count in world.grainCounts { values.append(Double(count)) }
      values.append(Double(world.spilledGrains.reduce(0) { $0 + $1.count }))
    }
    for cloth in world.cloths {
      values += [cloth.position.x, cloth.position.y, cloth.yaw, cloth.held == nil ? 0 : 1]
    }
    return values
  }
}

extension [Double] {
  /// x, y, z, and the quaternion w, x, y, z.
  fileprivate mutating func append(_ pose: RigidTransform) {
    append(pose.translation.x)
    append(pose.translation.y)
    append(pose.translation.z)
    append(pose.rotation.w)
    append(pose.rotation.x)
    append(pose.rotation.y)
    append(pose.rotation.z)
  }
}
