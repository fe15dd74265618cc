import ArgumentParser
import EnvironmentInterface
import Foundation
import ImageFiles
import Networks
import Policies
import Torch

/// `bench act`: one image and one instruction in, one action out.
struct ActCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "act", abstract: "Ask an OpenVLA checkpoint for the action at one image.",
    discussion: """
      Takes any checkpoint in the Hugging Face layout, published or our own:

      bench act --weights openvla-7b --image table.png --instruction "put the carrot on the plate" \
      --unnorm-key bridge_orig

      An OpenVLA-OFT checkpoint (one with action_head--<step>_checkpoint.pt) answers with a chunk of actions and may \
      take more images and the robot's state:

      bench act --weights openvla-oft --image table.png --image wrist.png --proprio \
      0.42,-0.11,0.35,2.9,0.3,-0.2,0.03,-0.03 --instruction "put the carrot on the plate"
      """)

  @Option(help: "The checkpoint's folder.")
  var weights: String

  @Option(
    parsing: .singleValue,
    help:
      "A PNG or JPEG file; may be repeated for OpenVLA-OFT, the third-person image first, then the wrists'."
  )
  var image: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "OpenVLA-OFT: the robot's state in the dataset's own numbers.", valueName: "v,v,…"))
  var proprio: String?

  @Option(
    name: .customLong("chunk-length"),
    help:
      "OpenVLA-OFT: actions decoded at once, as the checkpoint was trained; else what config.json says, or 8."
  )
  var chunkLength: Int?

  @Option(help: "What the robot is told; the model's own prompt is put around it.")
  var instruction: String?

  @Option(
    name: .customLong("input-ids"),
    help:
      "The prompt as token ids, begin token first, without the image's; no tokenizer is needed then."
  )
  var inputIDs: String?

  @Option(
    name: .customLong("unnorm-key"), help: "Whose action statistics to use, of several in the file."
  )
  var unnormKey: String?

  @Option(help: "A folder with a LoRA adapter in PEFT's layout, merged into the weights.")
  var adapter: String?

  @OptionGroup var keeping: WeightOptions

  @OptionGroup var preparing: ImageOptions

  @Flag(help: "Print token ids and action as JSON.")
  var json = false

  func validate() throws {
    guard (instruction == nil) != (inputIDs == nil) else {
      throw ValidationError("Give either --instruction or --input-ids.")
    }
    guard inputIDs == nil || ids != nil else {
      throw ValidationError(
        "--input-ids: give whole numbers with commas between, such as 1,512,29871.")
    }
    try validateChunkOptions()
  }

  private func validateChunkOptions() throws {
    guard proprio == nil || state != nil else {
      throw ValidationError(
        "--proprio: give numbers with commas between, such as 0.42,-0.11,0.35.")
    }
    if let chunkLength, !(1...64).contains(chunkLength) {
      throw ValidationError("--chunk-length \(chunkLength): give a number from 1 to 64.")
    }
  }

  /// The numbers of `--proprio`.
  private var state: [Double]? {
    guard let parts = proprio?.split(separator: ",", omittingEmptySubsequences: false) else {
      return nil
    }
    let numbers = parts.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    return numbers.count == parts.count && numbers.allSatisfy(\.isFinite) ? numbers : nil
  }

  private var ids: [Int]? {
    guard let parts = inputIDs?.split(separator: ",", omittingEmptySubsequences: false) else {
      return nil
    }
    let numbers = parts.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    return numbers.count == parts.count ? numbers : nil
  }

  func run() throws {
    try reportingFailures {
      let pictures = try image.map(observedImage)
      let checkpoint = try PolicyCheckpoint(at: URL(fileURLWithPath: weights, isDirectory: true))
      let loading = try keeping.loading(preparing.preparation, adapter: adapter)
      if chunkLength != nil || checkpoint.decodesInParallel {
        return try sayChunk(checkpoint, loading, images: pictures)
      }
      guard pictures.count == 1, proprio == nil else {
        throw ValidationError(
          "\(weights): takes one --image and no --proprio; only OpenVLA-OFT checkpoints take more.")
      }
      let prediction: ActionPrediction
      if let instruction {
        prediction = try OpenVLAPolicy(
          name: "act", checkpoint: checkpoint, loading: loading, statisticsKey: unnormKey
        ).prediction(image: pictures[0], instruction: instruction)
      } else {
        prediction = try ActionPredictor(
          checkpoint: checkpoint, loading: loading, statisticsKey: unnormKey
        ).prediction(image: pictures[0], inputIDs: ids ?? [])
      }
      output(try json ? ActReply.json(prediction) : ActReply.text(prediction))
    }
  }

  private func sayChunk(
    _ checkpoint: PolicyCheckpoint, _ loading: CheckpointLoading, images: [Image]
  ) throws {
    let predictor = try ChunkPredictor(
      checkpoint: checkpoint, loading: loading, statisticsKey: unnormKey, chunkLength: chunkLength,
      readsInstructions: instruction != nil)
    let observation = ChunkObservation(images: images, state: state)
    let prediction =
      if let instruction {
        try predictor.prediction(observation, instruction: instruction)
      } else {
        try predictor.prediction(observation, inputIDs: ids ?? [])
      }
    output(try json ? ActReply.json(prediction) : ActReply.text(prediction))
  }

  private func observedImage(_ path: String) throws -> Image {
    Image(try ImageFile.read(URL(fileURLWithPath: path)))
  }
}
