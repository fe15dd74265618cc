extension RGBImage {
  /// The picture with equal margins above and below, or left and right, that make it square.
  ///
  /// As the published letterbox: an odd margin leaves the square one pixel short.
  public func letterboxed(fill: [UInt8]) -> RGBImage {
    let side = max(height, width)
    let (top, left) = ((side - height) / 2, (side - width) / 2)
    let (outHeight, outWidth) = (height + 2 * top, width + 2 * left)
    var result: [UInt8] = []
    result.reserveCapacity(outHeight * outWidth * 3)
    func margin(_ count: Int) {
      for _ in 0..<count { result += fill.prefix(3) }
    }
    margin(top * outWidth)
    for y in 0..<height {
      margin(left)
      result += pixels[y * width * 3..<(y + 1) * width * 3]
      margin(left)
    }
    margin(top * outWidth)
    return RGBImage(height: outHeight, width: outWidth, pixels: result)
  }

  /// The shorter side at `side` pixels, the longer in proportion.
  public func resized(shorterSide side: Int, filter: ResamplingFilter) -> RGBImage {
    let longer = side * max(height, width) / min(height, width)
    return height <= width
      ? resized(height: side, width: longer, filter: filter)
      : resized(height: longer, width: side, filter: filter)
  }

  /// The middle of the picture; where it is smaller than that, black around it.
  public func centerCropped(height: Int, width: Int) -> RGBImage {
    /// Python's `round`: halves go to the even neighbour.
    func start(_ whole: Int, _ part: Int) -> Int {
      Int((Double(whole - part) / 2).rounded(.toNearestOrEven))
    }
    let (top, left) = (start(self.height, height), start(self.width, width))
    var result = [UInt8](repeating: 0, count: height * width * 3)
    for y in max(0, -top)..<min(height, self.height - top) {
      let columns = max(0, -left)..<min(width, self.width - left)
      let source = ((y + top) * self.width + columns.lowerBound + left) * 3
      let target = (y * width + columns.lowerBound) * 3
      for offset in 0..<columns.count * 3 { result[target + offset] = pixels[source + offset] }
    }
    return RGBImage(height: height, width: width, pixels: result)
  }
}
