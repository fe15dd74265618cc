import Geometry

/// How an orientation or a turn is written as numbers.
public enum RotationForm: String, Hashable, Sendable, Codable, CaseIterable {
  case rollPitchYaw = "roll-pitch-yaw"
  /// The axis times the angle.
  case axisAngle = "axis-angle"
  case quaternionWXYZ = "quaternion-wxyz"
  case quaternionXYZW = "quaternion-xyzw"
  /// The first two columns of the matrix (Zhou et al., On the Continuity of Rotation Representations, CVPR 2019).
  case twoColumns = "two-columns"

  /// How many numbers it takes.
  public var count: Int {
    switch self {
    case .rollPitchYaw, .axisAngle: 3
    case .quaternionWXYZ, .quaternionXYZW: 4
    case .twoColumns: 6
    }
  }

  /// The numbers of a rotation [rad where they are angles].
  public func numbers(of rotation: Rotation) -> [Double] {
    switch self {
    case .rollPitchYaw:
      let angles = rotation.rollPitchYaw
      return [angles.roll, angles.pitch, angles.yaw]
    case .axisAngle:
      let vector = rotation.rotationVector
      return [vector.x, vector.y, vector.z]
    case .quaternionWXYZ: return [rotation.w, rotation.x, rotation.y, rotation.z]
    case .quaternionXYZW: return [rotation.x, rotation.y, rotation.z, rotation.w]
    case .twoColumns:
      let (x, y, _) = rotation.columns
      return [x.x, x.y, x.z, y.x, y.y, y.z]
    }
  }

  /// The rotation that numbers stand for.
  ///
  /// - Returns: nil where there are not `count` finite numbers, or they stand for no rotation.
  public func rotation(of numbers: some Collection<Double>) -> Rotation? {
    let n = Array(numbers)
    guard n.count == count, n.allSatisfy(\.isFinite) else { return nil }
    switch self {
    case .rollPitchYaw: return Rotation(roll: n[0], pitch: n[1], yaw: n[2])
    case .axisAngle:
      let vector = Vector3(n[0], n[1], n[2])
      return vector.length > 0 ? Rotation(about: vector, byRadians: vector.length) : .identity
    case .quaternionWXYZ, .quaternionXYZW:
      guard n.contains(where: { $0 != 0 }) else { return nil }
      return self == .quaternionWXYZ
        ? Rotation(w: n[0], x: n[1], y: n[2], z: n[3])
        : Rotation(w: n[3], x: n[0], y: n[1], z: n[2])
    case .twoColumns:
      let (a, b) = (Vector3(n[0], n[1], n[2]), Vector3(n[3], n[4], n[5]))
      guard a.length > 1e-9 else { return nil }
      let x = a.normalized
      let across = b - x * x.dot(b)
      guard across.length > 1e-9 else { return nil }
      let y = across.normalized
      return Rotation(columns: x, y, x.cross(y))
    }
  }
}
