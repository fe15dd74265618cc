import EnvironmentInterface
import Foundation
import ImageFiles
import InputFiles
import Testing
import Torch

@testable import Policies

@Suite("Image preprocessing")
struct PreprocessorTests {
  private func processor(
    _ json: String, configured: ImageProcessor.Strategy? = nil
  ) throws -> ImageProcessor {
    let document = try JSONDocument(Data(json.utf8), path: "p.json")
    try PreprocessorFile.knownKeys.check(document)
    let file: PreprocessorFile = try document.decoded()
    return try file.processor(side: 224, normalizations: published, configured: configured) {
      document.failure(at: $0, $1)
    }
  }

  private let published: [ImageProcessor.Normalization] = [.dino, .sigLIP]

  @Test("constants that are stored are used before those that are named")
  func storedConstants() throws {
    let json = """
      {"means": [[0.485, 0.456, 0.406], [0.5, 0.5, 0.5]], "stds": [[0.229, 0.224, 0.225], [0.5, 0.5, 0.5]],
       "interpolations": ["bicubic", "bicubic"], "image_resize_strategy": "letterbox"
      """
    let named = try processor(json + "}")
    #expect(named.normalizations[0].mean == [0.485, 0.456, 0.406])
    #expect(named.strategy == .letterbox)
    let stored = """
      , "tvf_normalize_params": [
        {"inplace": false, "mean": [0.484375, 0.455078125, 0.40625], "std": [0.2, 0.2, 0.2]},
        {"inplace": false, "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}]}
      """
    let both = try processor(json + stored)
    #expect(both.normalizations[0].mean == [0.484375, 0.455078125, 0.40625])
  }

  @Test("a file that does not fit the model is told with its key")
  func errors() throws {
    func expectError(_ key: String, _ json: String) {
      #expect {
        _ = try processor(json)
      } throws: {
        "\($0)".contains("p.json") && "\($0)".contains(key)
      }
    }
    expectError("input_sizes", #"{"input_sizes": [[3, 384, 384], [3, 384, 384]]}"#)
    expectError("interpolations", #"{"interpolations": ["bicubic", "bilinear"]}"#)
    expectError("means", #"{"means": [[0.5, 0.5, 0.5]], "stds": [[0.5, 0.5, 0.5]]}"#)
    expectError(
      "stds", #"{"means": [[0, 0, 0], [0, 0, 0]], "stds": [[1, 1, 0], [1, 1, 1]]}"#)
    expectError("interpolations", #"{"interpolations": ["nearest"]}"#)
    expectError("image_processor_type", #"{"image_processor_type": "CLIPImageProcessor"}"#)
    expectError("do_rescale", #"{"do_rescale": true}"#)
    expectError("tvf_crop_params", #"{"tvf_crop_params": [{"output_size": [200, 200]}]}"#)
    expectError("tvf_resize_params", #"{"tvf_resize_params": [{"size": 256}]}"#)
    expectError(
      "tvf_resize_params.0.max_size", #"{"tvf_resize_params": [{"size": 224, "max_size": 300}]}"#)
    expectError(
      "tvf_resize_params", #"{"tvf_resize_params": [{"size": 224, "interpolation": 0}]}"#)
    expectError(
      "tvf_do_letterbox",
      #"{"tvf_do_letterbox": true, "tvf_resize_params": [{"size": [224, 224]}]}"#)
    expectError("tvf_letterbox_fill", #"{"tvf_letterbox_fill": [1, 2, 300]}"#)
  }

  @Test(
    "what the file stores of its transformation overrides what it is computed from, as published")
  func storedTransformation() throws {
    func strategy(_ json: String) throws -> ImageProcessor.Strategy { try processor(json).strategy }
    // What openvla-7b's file holds.
    let published = """
      {"image_processor_type": "PrismaticImageProcessor", "image_resize_strategy": "resize-naive",
       "use_fused_vision_backbone": true, "processor_class": "PrismaticProcessor",
       "auto_map": {"AutoImageProcessor": "processing_prismatic.PrismaticImageProcessor"},
       "tvf_crop_params": [{"output_size": [224, 224]}, {"output_size": [224, 224]}],
       "tvf_do_letterbox": false, "tvf_letterbox_fill": null,
       "tvf_resize_params": [
         {"antialias": true, "interpolation": 3, "max_size": null, "size": [224, 224]},
         {"antialias": true, "interpolation": 3, "max_size": null, "size": [224, 224]}]}
      """
    #expect(try strategy(published) == .naive)
    #expect(try processor(published).filter == .bicubic)
    #expect(
      try strategy(
        #"{"image_resize_strategy": "resize-naive", "tvf_resize_params": [{"size": 224}]}"#)
        == .crop)
    #expect(
      try strategy(
        #"{"image_resize_strategy": "resize-crop", "tvf_do_letterbox": true, "tvf_resize_params": [{"size": 224}]}"#
      )
        == .letterbox)
    let filter = try processor(
      #"{"interpolations": ["bicubic"], "tvf_resize_params": [{"size": 224, "interpolation": 2}]}"#
    ).filter
    #expect(filter == .bilinear)
  }

  @Test(
    "a file without a strategy means letterbox, as published, unless config.json says otherwise")
  func missingStrategy() throws {
    #expect(try processor("{}").strategy == .letterbox)
    #expect(try processor("{}", configured: .letterbox).strategy == .letterbox)
    #expect {
      try processor("{}", configured: .naive)
    } throws: { "\($0)".contains("image_resize_strategy") }
  }

  @Test("a letterbox's margins have the last encoder's mean, cut off to whole steps")
  func margins() throws {
    let json = """
      {"image_resize_strategy": "letterbox", "stds": [[1, 1, 1], [1, 1, 1]],
       "means": [[0.9, 0.9, 0.9], [0.485, 0.456, 0.406]]
      """
    #expect(try processor(json + "}").marginColor == [123, 116, 103])
    #expect(try processor(json + #", "tvf_letterbox_fill": [1, 2, 3]}"#).marginColor == [1, 2, 3])
    #expect(ImageProcessor(height: 8, width: 8).marginColor == [127, 127, 127])
  }

  @Test("an odd margin leaves a pixel that the crop takes off")
  func oddMargin() throws {
    let image = Image(height: 3, width: 6, pixels: (0..<54).map { UInt8($0 * 4) })
    let processor = ImageProcessor(height: 6, width: 6, strategy: .letterbox)
    let padded = RGBImage(image).letterboxed(fill: processor.marginColor)
    #expect(padded.height == 5 && padded.width == 6)
    #expect(
      processor.fitted(image)
        == Image(
          padded.resized(height: 6, width: 7, filter: .bicubic).centerCropped(height: 6, width: 6)))
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
      #expect(isNear(fitted.pixels[0], strategy == .letterbox ? 127 : 200))
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
