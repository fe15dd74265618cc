import Foundation
import Geometry
import Rendering

/// A table with a robot arm and six things on it, as large as the scenes of the benchmark.
enum Tabletop {
  static func material(
    _ hex: UInt32, _ second: UInt32? = nil, _ texture: Texture = .plain, scale: Double = 0.1,
    gloss: Double = 0.3, metallic: Double = 0
  ) -> Material {
    Material(
      color: Color(hex: hex), secondColor: second.map { Color(hex: $0) }, texture: texture,
      textureScale: scale, gloss: gloss, metallic: metallic)
  }

  static func camera() -> Camera {
    Camera(
      position: Vector3(0.75, 0, 0.55), lookingAt: Vector3(0.02, 0, 0.04), verticalFieldOfView: 0.8)
  }

  static func staticScene(size: Int = 224, shading: Shading = .plain) throws -> StaticScene {
    let table = try Model(parts: [
      Part(
        shape: .roundedBox(size: Vector3(0.9, 1.2, 0.04), radius: 0.03),
        material: material(0xC9A77C, 0x8A5E3B, .wood, scale: 0.5, gloss: 0.35),
        bodyFromShape: RigidTransform(translation: Vector3(0, 0, -0.02)))
    ])
    let wall = try Model(parts: [
      Part(
        shape: .box(size: Vector3(0.02, 3, 2)),
        material: material(0xAEB9C2, 0x98A5AF, .tiles, scale: 0.2, gloss: 0.2),
        bodyFromShape: RigidTransform(translation: Vector3(-0.7, 0, 0.3)))
    ])
    let poster = try Model(parts: [
      Part(
        shape: .box(size: Vector3(0.01, 0.2, 0.2)),
        material: material(0xD04A3A, 0xF6F0E0, .picture("star")),
        bodyFromShape: RigidTransform(translation: Vector3(-0.68, -0.35, 0.3)))
    ])
    return try StaticScene(
      instances: [
        Instance(model: table), Instance(model: wall, castsShadow: false), Instance(model: poster),
      ], light: Light(shading: shading), camera: camera(), height: size, width: size)
  }

  static func arm(phase: Double = 0) throws -> [Model] {
    let dark = material(0x2B2D31, gloss: 0.5)
    let metal = material(0xB9BEC4, 0x8B9096, .brushedMetal, scale: 0.08, gloss: 0.6, metallic: 0.6)
    func link(_ length: Double, _ radius: Double) -> [Part] {
      [
        Part(
          shape: .roundedBox(size: Vector3(radius * 2, radius * 1.6, length), radius: radius * 0.5),
          material: dark, bodyFromShape: RigidTransform(translation: Vector3(0, 0, length / 2))),
        Part(
          shape: .cylinder(radius: radius * 1.15, height: radius * 2.4), material: metal,
          bodyFromShape: RigidTransform(rotation: Rotation(about: .unitX, byRadians: .pi / 2))),
      ]
    }
    return [
      try Model(parts: [
        Part(
          shape: .cylinder(radius: 0.06, height: 0.06), material: dark,
          bodyFromShape: RigidTransform(translation: Vector3(0, 0, 0.03))),
        Part(
          shape: .cylinder(radius: 0.045, height: 0.06), material: metal,
          bodyFromShape: RigidTransform(translation: Vector3(0, 0, 0.09))),
      ]),
      try Model(parts: link(0.25, 0.025)), try Model(parts: link(0.25, 0.022)),
      try Model(parts: link(0.08, 0.02)), try Model(parts: link(0.06, 0.018)),
      try Model(parts: [Part(shape: .box(size: Vector3(0.02, 0.1, 0.03)), material: dark)]),
      try Model(parts: [
        Part(shape: .roundedBox(size: Vector3(0.014, 0.01, 0.07), radius: 0.003), material: metal)
      ]),
      try Model(parts: [
        Part(shape: .roundedBox(size: Vector3(0.014, 0.01, 0.07), radius: 0.003), material: metal)
      ]),
    ]
  }

  static func armPoses(phase: Double) -> [RigidTransform] {
    let turn = Rotation(about: .unitZ, byRadians: 0.25 * sin(phase))
    func at(_ point: Vector3, _ pitch: Double) -> RigidTransform {
      RigidTransform(translation: Vector3(-0.32, 0, 0)) * RigidTransform(rotation: turn)
        * RigidTransform(rotation: Rotation(about: .unitY, byRadians: pitch), translation: point)
    }
    let lift = 0.02 * sin(2 * phase)
    return [
      at(.zero, 0), at(Vector3(0, 0, 0.11), 0.25), at(Vector3(0.06, 0, 0.35), 1.7),
      at(Vector3(0.31, 0, 0.32 + lift), 2.7), at(Vector3(0.345, 0, 0.25 + lift), .pi),
      at(Vector3(0.345, 0, 0.18 + lift), 0), at(Vector3(0.345, -0.03, 0.135 + lift), 0),
      at(Vector3(0.345, 0.03, 0.135 + lift), 0),
    ]
  }

  static func objects() throws -> [Model] {
    let carrotProfile = [
      Vector2(0, -0.07), Vector2(0.004, -0.068), Vector2(0.01, -0.04), Vector2(0.016, 0),
      Vector2(0.019, 0.03),
      Vector2(0.017, 0.045), Vector2(0.008, 0.05), Vector2(0, 0.05),
    ]
    let bowl = [
      Vector2(0, 0), Vector2(0.03, 0), Vector2(0.045, 0.012), Vector2(0.06, 0.035),
      Vector2(0.066, 0.05),
      Vector2(0.063, 0.05), Vector2(0.056, 0.035), Vector2(0.042, 0.014), Vector2(0.028, 0.004),
      Vector2(0, 0.004),
    ]
    let mug = [
      Vector2(0, 0), Vector2(0.036, 0), Vector2(0.04, 0.004), Vector2(0.04, 0.09),
      Vector2(0.037, 0.09), Vector2(0.036, 0.006), Vector2(0, 0.006),
    ]
    let handle = (0...8).map { i in
      let a = Double(i) / 8 * .pi - .pi / 2
      return Vector3(0, 0.038 + 0.028 * cos(a), 0.045 + 0.028 * sin(a))
    }
    return [
      try Model(parts: [
        Part(
          shape: .lathe(profile: carrotProfile),
          material: material(0xF07F1C, 0xD96A10, .stripes, scale: 0.02)),
        Part(
          shape: .tube(
            path: [Vector3(0, 0, 0.05), Vector3(0.004, 0, 0.07), Vector3(0.012, 0, 0.085)],
            radii: [0.005, 0.006, 0.003]), material: material(0x3F9A3A)),
        Part(
          shape: .tube(
            path: [Vector3(0, 0, 0.05), Vector3(-0.004, 0.005, 0.07), Vector3(-0.012, 0.01, 0.08)],
            radii: [0.005, 0.006, 0.003]), material: material(0x4DAF45)),
      ]),
      try Model(parts: [
        Part(
          shape: .ellipsoid(radii: Vector3(0.055, 0.03, 0.03)),
          material: material(0x5A2A73, gloss: 0.8)),
        Part(
          shape: .tube(
            path: [Vector3(-0.05, 0, 0), Vector3(-0.065, 0, 0.006), Vector3(-0.078, 0, 0.014)],
            radii: [0.014, 0.007, 0.005]), material: material(0x3E7B36)),
      ]),
      try Model(parts: [
        Part(shape: .lathe(profile: bowl), material: material(0x3C7FC0, gloss: 0.75))
      ]),
      try Model(parts: [
        Part(shape: .lathe(profile: mug), material: material(0xE9E4D8, gloss: 0.7)),
        Part(
          shape: .tube(path: handle, radii: handle.map { _ in 0.005 }),
          material: material(0xE9E4D8, gloss: 0.7)),
      ]),
      try Model(parts: [
        Part(
          shape: .roundedBox(size: Vector3(0.06, 0.06, 0.06), radius: 0.006),
          material: material(0xF2C230, 0x2E5AA8, .picture("star"), gloss: 0.4))
      ]),
      try Model(parts: [
        Part(
          shape: .cylinder(radius: 0.033, height: 0.1),
          material: material(0xC8202B, 0xF5F5F5, .stripes, scale: 0.05, gloss: 0.6),
          bodyFromShape: RigidTransform(translation: Vector3(0, 0, 0.055))),
        Part(
          shape: .cylinder(radius: 0.029, height: 0.112),
          material: material(0xC4C8CC, gloss: 0.7, metallic: 0.8),
          bodyFromShape: RigidTransform(translation: Vector3(0, 0, 0.056))),
      ]),
    ]
  }

  static func objectPoses() -> [RigidTransform] {
    [
      RigidTransform(
        rotation: Rotation(roll: .pi / 2, pitch: 0, yaw: 0.6),
        translation: Vector3(0.2, -0.16, 0.019)),
      RigidTransform(
        rotation: Rotation(roll: 0, pitch: 0, yaw: -0.5), translation: Vector3(0.24, 0.06, 0.03)),
      RigidTransform(translation: Vector3(0.03, 0.2, 0)),
      RigidTransform(
        rotation: Rotation(roll: 0, pitch: 0, yaw: 0.6), translation: Vector3(0.1, -0.05, 0)),
      RigidTransform(
        rotation: Rotation(roll: 0, pitch: 0, yaw: 0.4), translation: Vector3(-0.02, -0.2, 0.03)),
      RigidTransform(translation: Vector3(-0.1, 0.1, 0)),
    ]
  }

  static func moving(phase: Double, arm: [Model], objects: [Model]) -> [Instance] {
    zip(arm, armPoses(phase: phase)).enumerated().map {
      Instance(model: $1.0, worldFromModel: $1.1, label: 100 + UInt16($0))
    }
      + zip(objects, objectPoses()).enumerated().map {
        Instance(model: $1.0, worldFromModel: $1.1, label: 1 + UInt16($0))
      }
  }
}
