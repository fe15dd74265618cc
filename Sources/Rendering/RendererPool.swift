import Foundation
import Synchronization

/// Renders many frames at once with headless OpenGL contexts, each on a thread of its own.
///
/// Images come back in the order of their frames. Their bytes depend on the frame and on the driver
/// (`rendererDescription`) alone, not on which context drew them or on what it drew before.
///
/// **Speed.** Software OpenGL fills many small images fastest with one single-threaded context a
/// core, so `LP_NUM_THREADS=0` is set in the environment when this module is loaded (CMesa.c), unless
/// the variable is there already. Mesa 22 serves two contexts of a process at once; on a machine of many
/// cores and no GPU, several processes are faster than many contexts. A frame is fast only if its
/// static scene was drawn before, so render an episode's frames from one `StaticScene`.
public final class RendererPool: Sendable {
  /// Contexts beyond this many only wait for each other.
  private static let mostUsefulContexts = 4

  private let workers: [RenderWorker]
  /// The driver and its version, as runs record it.
  public let rendererDescription: String

  /// Starts the contexts and their threads.
  ///
  /// - Parameters:
  ///   - contexts: how many frames are drawn at a time; nil for one a core, up to four, and one on a GPU.
  ///   - device: what draws them.
  ///   - scenesKept: static scenes that each context keeps before the one unused for longest goes;
  ///     one takes about 2.5 MB at 224×224.
  /// - Throws: `RenderingError.noDriver` without an OpenGL 3.3 driver for the device.
  public init(
    contexts: Int? = nil, device: RenderingDevice = .automatic, scenesKept: Int = 64
  ) throws {
    let first = try RenderWorker(device: device, index: 0, scenesKept: scenesKept)
    let (description, isSoftware) = try first.perform { ($0.description, $0.isSoftware) }
    rendererDescription = description
    let cores = ProcessInfo.processInfo.activeProcessorCount
    // One context of a GPU draws more than several, which wait for each other in the driver.
    let useful = isSoftware ? min(cores, RendererPool.mostUsefulContexts) : 1
    workers =
      try [first]
      + (1..<max(1, contexts ?? useful)).map {
        try RenderWorker(device: device, index: $0, scenesKept: scenesKept)
      }
  }

  /// How many frames are drawn at a time.
  public var contexts: Int { workers.count }

  /// Draws the frames in color with shadows, smooth edges and textures.
  ///
  /// Frames are dealt to the contexts in runs, so pass those of one episode at the same place in
  /// every call: its static scene then stays where it was drawn.
  ///
  /// - Throws: `RenderingError.openGL` when the driver fails, for the first frame in order that did.
  public func render(_ frames: [Frame]) throws -> [RenderedImage] {
    try share(frames) { try $0.images(of: $1) }
  }

  /// Draws which instance is seen at each pixel's center.
  public func renderLabels(_ frames: [Frame]) throws -> [LabelImage] {
    try share(frames) { try $0.labels(of: $1) }
  }

  /// Draws labels as tiles of one framebuffer, which on a GPU `renderLabels` does by itself.
  func renderLabelTiles(_ frames: [Frame]) throws -> [LabelImage] {
    try share(frames) { try $0.tiledLabels(of: $1) }
  }

  /// Draws frames as tiles of one framebuffer, which on a GPU `render` does by itself.
  func renderTiles(_ frames: [Frame]) throws -> [RenderedImage] {
    try share(frames) { renderer, run in
      guard let images = try renderer.tiledImages(of: run) else {
        throw RenderingError.openGL(operation: "drawing tiles of this size", code: 0)
      }
      return images
    }
  }

  /// Draws each frame all at once and from scratch: slow, simple, and what judges `render`.
  func renderReference(_ frames: [Frame]) throws -> [RenderedImage] {
    try map(frames) { try $0.referenceImage(of: $1) }
  }

  /// Measures how far away what is seen at each pixel's center is.
  public func renderDepth(_ frames: [Frame]) throws -> [DepthImage] {
    try map(frames) { try $0.depth(of: $1) }
  }

  private func map<Output: Sendable>(
    _ frames: [Frame], _ draw: @escaping @Sendable (ImageRenderer, Frame) throws -> Output
  ) throws -> [Output] {
    try share(frames) { renderer, run in try run.map { try draw(renderer, $0) } }
  }

  private func share<Output: Sendable>(
    _ frames: [Frame], _ draw: @escaping @Sendable (ImageRenderer, [Frame]) throws -> [Output]
  ) throws -> [Output] {
    guard !frames.isEmpty else { return [] }
    let share = (frames.count + workers.count - 1) / workers.count
    let jobs = stride(from: 0, to: frames.count, by: share).enumerated().map { index, start in
      let run = Array(frames[start..<min(start + share, frames.count)])
      return workers[index].start { renderer in try draw(renderer, run) }
    }
    // Every job is waited for before the first error is thrown.
    return try jobs.map { $0.wait() }.flatMap { try $0.get() }
  }
}
