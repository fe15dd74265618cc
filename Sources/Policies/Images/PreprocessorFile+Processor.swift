import ImageFiles
import InputFiles

extension PreprocessorFile {
  /// The processor that the file describes.
  ///
  /// - Parameters:
  ///   - side: The model's image size.
  ///   - published: The normalization of each encoder where the file has none.
  ///   - configured: How `config.json` says that images are fitted.
  ///   - failure: An error about a key of the file.
  /// - Throws: `InputFileError` that names the key.
  func processor(
    side: Int, normalizations published: [ImageProcessor.Normalization],
    configured: ImageProcessor.Strategy?,
    failure: (_ key: String, _ reason: String) -> InputFileError
  ) throws(InputFileError) -> ImageProcessor {
    try checkSizes(side, failure)
    let normalizations = try normalizations(or: published, failure)
    return ImageProcessor(
      height: side, width: side, normalizations: normalizations,
      strategy: try fitting(configured, failure), filter: try filter(failure),
      marginColor: try marginColor(failure))
  }

  private typealias Failure = (_ key: String, _ reason: String) -> InputFileError

  private func checkSizes(_ side: Int, _ failure: Failure) throws(InputFileError) {
    let stated: [(key: String, sizes: [[Int]])] = [
      ("input_sizes", (inputSizes ?? []).map { Array($0.suffix(2)) }),
      ("tvf_resize_params", (resizing ?? []).map(\.size.lengths)),
      ("tvf_crop_params", (cropping ?? []).map(\.size.lengths)),
    ]
    for (key, sizes) in stated {
      let isShort = key != "input_sizes"
      for size in sizes where size != [side, side] && !(isShort && size == [side]) {
        throw failure(
          key, "the encoders take images of \(side)×\(side), the file says \(size)")
      }
    }
  }

  private func normalizations(
    or published: [ImageProcessor.Normalization], _ failure: Failure
  ) throws(InputFileError) -> [ImageProcessor.Normalization] {
    var normalizations = stored
    if normalizations == nil, let means, let deviations, means.count == deviations.count {
      normalizations = zip(means, deviations).map { .init(mean: $0.map(Float.init), std: $1) }
    }
    let chosen = normalizations ?? published
    guard chosen.count == published.count else {
      throw failure(
        "means", "\(chosen.count) normalizations for \(published.count) encoders")
    }
    let isUsable = chosen.allSatisfy { one in
      one.mean.count == 3 && one.std.count == 3 && one.mean.allSatisfy(\.isFinite)
        && one.std.allSatisfy { $0 > 0 && $0.isFinite }
    }
    guard isUsable else {
      throw failure(
        "means", "each encoder needs three numbers here and in 'stds', deviations above 0")
    }
    return chosen
  }

  private func fitting(
    _ configured: ImageProcessor.Strategy?, _ failure: Failure
  ) throws(InputFileError) -> ImageProcessor.Strategy {
    if strategy == nil, resizing == nil, let configured, configured != .letterbox {
      throw failure(
        "image_resize_strategy",
        "is missing, for which the published processor takes 'letterbox'; "
          + "config.json says '\(configured.rawValue)'. State here which is right")
    }
    let strategy = strategy ?? .letterbox
    let stretches = Set((resizing ?? []).map { $0.size.lengths.count == 2 })
    guard stretches.count <= 1 else {
      throw failure("tvf_resize_params", "all encoders must be resized in one way")
    }
    switch (hasLetterbox ?? (strategy == .letterbox), stretches.first ?? (strategy == .naive)) {
    case (false, true): return .naive
    case (false, false): return .crop
    case (true, false): return .letterbox
    case (true, true):
      throw failure(
        "tvf_do_letterbox",
        "a letterbox with a height and a width in 'tvf_resize_params' is not known")
    }
  }

  private static let namedFilters: [String: ResamplingFilter] = [
    "bicubic": .bicubic, "bilinear": .bilinear, "lanczos": .lanczos3,
  ]
  private static let numberedFilters: [Int: ResamplingFilter] = [
    1: .lanczos3, 2: .bilinear, 3: .bicubic,
  ]

  private func filter(_ failure: Failure) throws(InputFileError) -> ResamplingFilter {
    var filters: Set<ResamplingFilter> = []
    let numbers = (resizing ?? []).compactMap(\.interpolation)
    for number in numbers {
      guard let filter = Self.numberedFilters[number] else {
        throw failure("tvf_resize_params", "the filter \(number) is not known; 1, 2 and 3 are")
      }
      filters.insert(filter)
    }
    if numbers.isEmpty {
      for name in interpolations ?? [] {
        guard let filter = Self.namedFilters[name] else {
          throw failure(
            "interpolations",
            "'\(name)' is not known; \(Self.namedFilters.keys.sorted().joined(separator: ", ")) are"
          )
        }
        filters.insert(filter)
      }
    }
    guard filters.count <= 1 else {
      throw failure("interpolations", "all encoders must use one filter")
    }
    return filters.first ?? .bicubic
  }

  /// The stored colour, or the last encoder's mean, from which the published processor computes it.
  private func marginColor(_ failure: Failure) throws(InputFileError) -> [UInt8]? {
    // Cut off, not rounded, as Python's int does.
    let numbers = letterboxFill?.map(Double.init) ?? means?.last?.map { $0 * 255 }
    guard let numbers else { return nil }
    let key = letterboxFill == nil ? "means" : "tvf_letterbox_fill"
    guard numbers.count == 3, numbers.allSatisfy({ $0 >= 0 && $0 < 256 }) else {
      throw failure(key, "the colour of margins is three numbers from 0 to 255, not \(numbers)")
    }
    return numbers.map { UInt8($0) }
  }
}
