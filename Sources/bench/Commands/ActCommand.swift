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
      """)

  @Option(help: "The checkpoint's folder.")
  var weights: String

  @Option(help: "A PNG or JPEG file.")
  var image: String

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

  @Option(help: "int8 or int4: keep the weights of linear layers in so many bits.")
  var quantize: String?

  @Option(
    help:
      "float32 or bfloat16: how weights are kept; else float32 below 4 GB and as stored above.")
  var dtype: String?

  @Flag(
    name: .customLong("center-crop"),
    help:
      "See the middle 90 % of the image, as checkpoints trained with random crops are evaluated.")
  var centerCrop = false

  @Flag(
    name: .customLong("lanczos"),
    help:
      "Resize to 224×224 by Lanczos first, as the published evaluations do (without their JPEG step)."
  )
  var lanczos = false

  @Option(help: "Where the network runs: cpu, cuda or cuda:N.")
  var device = "cpu"

  @Flag(help: "Print token ids and action as JSON.")
  var json = false

  func validate() throws {
    guard (instruction == nil) != (inputIDs == nil) else {
      throw ValidationError("Give either --instruction or --input-ids.")
    }
    guard Device(device) != nil else {
      throw ValidationError("--device \(device): give cpu, cuda or cuda:N.")
    }
    guard dtype == nil || chosenType != nil else {
      throw ValidationError("--dtype \(dtype ?? ""): give float32 or bfloat16.")
    }
    guard quantize.map({ WeightQuantization(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("--quantize \(quantize ?? ""): give int8 or int4.")
    }
    guard inputIDs == nil || ids != nil else {
      throw ValidationError(
        "--input-ids: give whole numbers with commas between, such as 1,512,29871.")
    }
  }

  private var chosenType: DType? {
    switch dtype {
    case "float32": .float32
    case "bfloat16": .bfloat16
    default: nil
    }
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
      let picture = try observedImage()
      let checkpoint = try PolicyCheckpoint(at: URL(fileURLWithPath: weights, isDirectory: true))
      let adapter = try adapter.map {
        try LoRAAdapter(folder: URL(fileURLWithPath: $0, isDirectory: true))
      }
      let loading = WeightLoading(
        device: Device(device) ?? .cpu, dtype: chosenType,
        quantization: quantize.flatMap(WeightQuantization.init), adapter: adapter)
      let prediction: ActionPrediction
      if let instruction {
        prediction = try OpenVLAPolicy(
          name: "act", checkpoint: checkpoint, loading: loading, statisticsKey: unnormKey
        ).prediction(image: picture, instruction: instruction)
      } else {
        prediction = try ActionPredictor(
          checkpoint: checkpoint, loading: loading, statisticsKey: unnormKey
        ).prediction(image: picture, inputIDs: ids ?? [])
      }
      try say(prediction)
    }
  }

  private func observedImage() throws -> Image {
    var picture = try ImageFile.read(URL(fileURLWithPath: image))
    if lanczos { picture = picture.lanczosResized(height: 224, width: 224) }
    if centerCrop { picture = picture.centerCropped(area: 0.9) }
    return Image(height: picture.height, width: picture.width, pixels: picture.pixels)
  }

  private struct Reply: Encodable {
    var tokenIDs: [Int]
    var action: [Double]

    enum CodingKeys: String, CodingKey {
      case tokenIDs = "token_ids"
      case action
    }
  }

  private func say(_ prediction: ActionPrediction) throws {
    guard !json else {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      let reply = Reply(tokenIDs: prediction.tokens, action: prediction.action)
      output(String(decoding: try encoder.encode(reply), as: UTF8.self))
      return
    }
    let names = ["x", "y", "z", "roll", "pitch", "yaw", "gripper"]
    let units = ["m", "m", "m", "rad", "rad", "rad", ""]
    for (index, value) in prediction.action.enumerated() where index < names.count {
      output(
        names[index].padding(toLength: 9, withPad: " ", startingAt: 0)
          + String(format: "%+.5f ", value) + units[index])
    }
  }
}
