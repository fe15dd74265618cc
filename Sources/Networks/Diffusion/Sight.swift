import Torch

/// What a diffusion policy sees and feels in each of B situations, before it reads the instruction.
public struct Sight {
  /// Patch features of this control step's image, `[B, patches, vision.width]`.
  public var patches: Tensor
  /// Those of the image of one control step before; nil for a network that sees one frame.
  public var earlierPatches: Tensor?
  /// Proprioception, scaled to −1…1, this step's numbers first, then the step's before where two frames are seen:
  /// `[B, frames · stateSize]`; nil for a network that reads none.
  public var states: Tensor?

  public init(patches: Tensor, earlierPatches: Tensor? = nil, states: Tensor? = nil) {
    self.patches = patches
    self.earlierPatches = earlierPatches
    self.states = states
  }

  /// Situations by their numbers, each as often as it is named.
  public func rows(_ numbers: [Int]) -> Sight {
    func chosen(_ x: Tensor) -> Tensor { x.rows(Tensor(numbers).to(x.device)) }
    return Sight(
      patches: chosen(patches), earlierPatches: earlierPatches.map(chosen),
      states: states.map(chosen))
  }
}

/// What a diffusion policy's cameras and joints say in each of B situations, before it is encoded.
public struct SensedSituations {
  public var images: VisionInput
  /// The images of one control step before; nil for a network that sees one frame.
  public var earlierImages: VisionInput?
  /// As in `Sight`.
  public var states: Tensor?

  public init(images: VisionInput, earlierImages: VisionInput? = nil, states: Tensor? = nil) {
    self.images = images
    self.earlierImages = earlierImages
    self.states = states
  }

  /// Situations by their numbers, each as often as it is named.
  public func rows(_ numbers: [Int]) -> SensedSituations {
    SensedSituations(
      images: images.rows(numbers), earlierImages: earlierImages?.rows(numbers),
      states: states.map { $0.rows(Tensor(numbers).to($0.device)) })
  }
}

extension DiffusionPolicyNetwork {
  /// Encodes images; both frames pass the same encoders.
  public func sight(of situations: SensedSituations) -> Sight {
    let weight = tokenEmbedding.weight
    func features(_ images: VisionInput) -> Tensor {
      vision(images, dtype: weight.dtype, device: weight.device)
    }
    guard let earlier = situations.earlierImages else {
      return Sight(patches: features(situations.images), states: situations.states)
    }
    if case (.normalized(let now), .normalized(let before)) = (situations.images, earlier) {
      // In one pass, which is quicker in training.
      let both = features(.normalized(.concatenated([now, before], dimension: 0)))
      let (count, total) = (now.size(0), now.size(0) + before.size(0))
      return Sight(
        patches: both.narrowed(0, 0..<count), earlierPatches: both.narrowed(0, count..<total),
        states: situations.states)
    }
    return Sight(
      patches: features(situations.images), earlierPatches: features(earlier),
      states: situations.states)
  }
}
