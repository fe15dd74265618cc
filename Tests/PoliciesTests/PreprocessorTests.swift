import EnvironmentInterface
import Foundation
import ImageFiles
import Testing
import Torch

@testable import Policies

@Suite("Image preprocessing")
struct PreprocessorTests {
  private func file(_ json: String) throws -> PreprocessorFile {
    try JSONDecoder().decode(PreprocessorFile.self, from: Data(json.utf8))
  }

  private let published: [ImageProcessor.Normalization] = [.dino, .sigLIP]

  @Test("constants that are stored are used before those that are named")
  func storedConstants() throws {
    let json = """
      {"means": [[0.485, 0.456, 0.406], [0.5, 0.5, 0.5]], "stds": [[0.229, 0.224, 0.225], [0.5, 0.5, 0.5]],
       "interpolations": ["bicubic", "bicubic"], "image_resize_strategy": "letterbox"
      """
    let named = try file(json + "}").processor(side: 224, normalizations: published, path: "p")
    #expect(named.normalizations[0].mean == [0.485, 0.456, 0.406])
    #expect(named.strategy == .letterbox)
    let stored = """
      , "tvf_normalize_params": [
        {"inplace": false, "mean": [0.484375, 0.455078125, 0.40625], "std": [0.2, 0.2, 0.2]},
        {"inplace": false, "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}]}
      """
    let both = try file(json + stored).processor(
      side: 224, normalizations: published, path: "p")
    #expect(both.normalizations[0].mean == [0.484375, 0.455078125, 0.40625])
  }

  @Test("a file that does not fit the model is told with its key")
  func errors() throws {
    func expectError(_ key: String, _ json: String) {
      #expect {
        _ = try file(json).processor(side: 224, normalizations: published, path: "p.json")
      } throws: {
        "\($0)".contains("p.json") && "\($0)".contains(key)
      }
    }
    expectError("input_sizes", #"{"input_sizes": [[3, 384, 384], [3, 384, 384]]}"#)
    expectError("interpolations", #"{"interpolations": ["bicubic", "bilinear"]}"#)
    expectError("means", #"{"means": [[0.5, 0.5, 0.5]], "stds": [[0.5, 0.5, 0.5]]}"#)
    expectError(
      "stds", #"{"means": [[0, 0, 0], [0, 0, 0]], "stds": [[1, 1, 0], [1, 1, 1]]}"#)
  }

  @Test("an encoder's constants follow from its name")
  func names() {
    typealias Normalization = ImageProcessor.Normalization
    #expect(
      Normalization.published(for: "vit_large_patch14_reg4_dinov2.lvd142m") == .dino)
    #expect(Normalization.published(for: "vit_so400m_patch14_siglip_224") == .sigLIP)
    #expect(Normalization.published(for: "vit_large_patch14_clip_336.openai") == .clip)
    #expect(Normalization.published(for: "") == nil)
  }

  @Test("an image of any shape is fitted, one of the model's size left as it is")
  func fitting() throws {
    let red = Image(height: 4, width: 8, pixels: (0..<32).flatMap { _ in [UInt8(200), 0, 0] })
    for strategy in [ImageProcessor.Strategy.naive, .letterbox, .crop] {
      let processor = ImageProcessor(height: 6, width: 6, strategy: strategy)
      let fitted = processor.fitted(red)
      #expect(fitted.height == 6 && fitted.width == 6)
      // The middle is red in all, the top is the mean colour with margins.
      // Bicubic overshoots by a few steps beside an edge.
      func isNear(_ pixel: UInt8, _ wanted: Int) -> Bool { abs(Int(pixel) - wanted) < 8 }
      #expect(isNear(fitted.pixels[(3 * 6 + 3) * 3], 200))
      #expect(isNear(fitted.pixels[0], strategy == .letterbox ? 123 : 200))
    }
    #expect(ImageProcessor(height: 4, width: 8).fitted(red) == red)
    #expect(throws: PolicyError.self) {
      try ImageProcessor(height: 4, width: 8).pixelValues(of: [
        Image(height: 0, width: 3, pixels: [])
      ])
    }
  }

  @Test("what evaluations do first is done in order: Lanczos to 224 pixels, then the middle")
  func preparation() throws {
    let pixels = (0..<64 * 48 * 3).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let image = Image(height: 64, width: 48, pixels: pixels)
    var processor = ImageProcessor(height: 224, width: 224)
    let plain = try processor.pixelValues(of: [image])
    let resized = RGBImage(height: 64, width: 48, pixels: pixels).lanczosResized(
      height: 224, width: 224)
    for (preparation, picture) in [
      (ImagePreparation(resizesByLanczos: true), resized),
      (
        ImagePreparation(resizesByLanczos: true, cropsCenter: true),
        resized.centerCropped(area: 0.9)
      ),
    ] {
      processor.preparation = preparation
      let values = try processor.pixelValues(of: [image])
      #expect(values.isIdentical(to: processor.pixelValues(picture.pixels, count: 1)))
      #expect(!values.isIdentical(to: plain))
    }
  }
}
