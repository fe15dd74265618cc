import EnvironmentInterface

extension Image {
  /// A picture of a file as a policy sees it.
  public init(_ picture: RGBImage) {
    self.init(height: picture.height, width: picture.width, pixels: picture.pixels)
  }
}

extension RGBImage {
  /// An observation's image as one that can be resampled and written.
  public init(_ image: Image) {
    self.init(height: image.height, width: image.width, pixels: image.pixels)
  }
}
