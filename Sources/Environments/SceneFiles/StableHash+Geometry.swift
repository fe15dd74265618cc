import Geometry
import RandomNumbers

extension StableHash {
  mutating func combine(_ vector: Vector3) {
    combine(vector.x)
    combine(vector.y)
    combine(vector.z)
  }

  mutating func combine(_ pose: RigidTransform) {
    combine(pose.translation)
    combine(pose.rotation.w)
    combine(pose.rotation.x)
    combine(pose.rotation.y)
    combine(pose.rotation.z)
  }
}
