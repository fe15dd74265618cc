import RandomNumbers

/// What OpenVLA's fine-tuning does to a training image at random: a crop, then brightness, contrast, saturation and hue, each
/// clipped to [0, 1] (`finetune.py` and its RLDS loader, `image_aug`).
///
/// The published loader draws all five from one seed, so that they move together; here each is drawn for itself.
public struct ImageAugmentation: Hashable, Sendable {
  public var crop: ImageCrop
  /// Added to every channel.
  public var brightness: Float
  /// Factors of the distance from each channel's mean, and of the saturation.
  public var contrast: Float
  public var saturation: Float
  /// Added to the hue [turns].
  public var hue: Float

  /// The share of the area that a crop keeps, at random and in the middle.
  public static let area = 0.9

  public init(
    crop: ImageCrop, brightness: Float = 0, contrast: Float = 1, saturation: Float = 1,
    hue: Float = 0
  ) {
    self.crop = crop
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  /// One of the published strength.
  public init(_ source: inout RandomStream) {
    let side = Self.area.squareRoot()
    let crop = ImageCrop(
      left: source.uniform(in: 0...1 - side), top: source.uniform(in: 0...1 - side), side: side)
    self.init(crop, &source)
  }

  /// A shift of the whole image by a tenth of it at most each way, its edges repeated, in place of the crop (Kostrikov, Yarats
  /// and Fergus, 2021): whoever learns from it sees the whole image when it acts. Colors change as ever.
  public static func shifted(_ source: inout RandomStream) -> ImageAugmentation {
    let crop = ImageCrop(
      left: source.uniform(in: -shift...shift), top: source.uniform(in: -shift...shift), side: 1)
    return ImageAugmentation(crop, &source)
  }

  /// How far `shifted` goes, as a share of the image.
  private static let shift = 0.1

  private init(_ crop: ImageCrop, _ source: inout RandomStream) {
    self.init(
      crop: crop,
      brightness: Float(source.uniform(in: -0.2...0.2)),
      contrast: Float(source.uniform(in: 0.8...1.2)),
      saturation: Float(source.uniform(in: 0.8...1.2)),
      hue: Float(source.uniform(in: -0.05...0.05)))
  }

  /// What a policy that was trained so sees when it acts: the middle, in its own colours.
  public static let centered = ImageAugmentation(crop: .center(area: area))

  /// The image as it is shown in training.
  public func applied(to image: Image) -> Image {
    var values = crop.values(of: image)
    brighten(&values)
    stretch(&values)
    if saturation != 1 || hue != 0 { color(&values) }
    return Image(values, like: image)
  }

  private func brighten(_ values: inout [Float]) {
    for index in values.indices { values[index] = min(1, max(0, values[index] + brightness)) }
  }

  private func stretch(_ values: inout [Float]) {
    guard contrast != 1, !values.isEmpty else { return }
    for channel in 0..<3 {
      let places = stride(from: channel, to: values.count, by: 3)
      var sum = 0.0
      for place in places { sum += Double(values[place]) }
      let mean = Float(sum / Double(values.count / 3))
      for place in places {
        values[place] = min(1, max(0, (values[place] - mean) * contrast + mean))
      }
    }
  }

  private func color(_ values: inout [Float]) {
    for start in stride(from: 0, to: values.count, by: 3) {
      var color = HueColor(values[start], values[start + 1], values[start + 2])
      color.saturation = min(1, max(0, color.saturation * saturation))
      color.hue += hue
      (values[start], values[start + 1], values[start + 2]) = color.channels
    }
  }
}

/// A colour by hue, saturation and value (Smith 1978).
private struct HueColor {
  /// In turns, from red by way of green.
  var hue: Float
  var saturation: Float
  var value: Float

  init(_ red: Float, _ green: Float, _ blue: Float) {
    value = max(red, green, blue)
    let range = value - min(red, green, blue)
    saturation = value > 0 ? range / value : 0
    if range <= 0 {
      hue = 0
    } else if value == red {
      hue = (green - blue) / range / 6
    } else if value == green {
      hue = (2 + (blue - red) / range) / 6
    } else {
      hue = (4 + (red - green) / range) / 6
    }
  }

  /// Red, green and blue.
  var channels: (Float, Float, Float) {
    let turns = (hue - hue.rounded(.down)) * 6
    /// How much of a channel is there whose own place is so far round.
    func channel(_ place: Float) -> Float {
      var away = abs(turns - place)
      away = min(away, 6 - away)
      return value - value * saturation * min(1, max(0, away - 1))
    }
    return (channel(0), channel(2), channel(4))
  }
}
