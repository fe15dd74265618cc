import EnvironmentInterface
import Rendering

extension TabletopEnvironment {
  public func observations(
    of states: [TabletopState], needs: ObservationNeeds
  ) throws -> [Observation] {
    var images = [[String: Image]](repeating: [:], count: states.count)
    for camera in needs.cameras {
      let frames = try states.map { try $0.scene.frame(of: $0.world, camera: camera) }
      for (index, image) in try renderers.pool().render(frames).enumerated() {
        images[index][camera] = states[index].scene.picture(
          image, camera: camera, step: states[index].world.step)
      }
    }
    return zip(states, images).map { state, images in
      Observation(
        images: images, instruction: needs.instruction ? state.instruction : nil,
        proprioception: needs.proprioception ? state.proprioception : nil, step: state.world.step)
    }
  }
}

extension Image {
  public init(_ rendered: RenderedImage) {
    self.init(height: rendered.height, width: rendered.width, pixels: rendered.pixels)
  }
}
