import ArgumentParser
import Foundation
import Networks
import Policies
import Torch

/// How a checkpoint's weights are kept, and where.
struct WeightOptions: ParsableArguments {
  @Option(help: "Where networks run: cpu, cuda or cuda:N.")
  var device = "cpu"

  @Option(help: "int8 or int4: keep the weights of OpenVLA's linear layers in so many bits.")
  var quantize: String?

  @Option(
    help:
      "float32 or bfloat16: how OpenVLA's weights are kept; else float32 below 4 GB and as stored above."
  )
  var dtype: String?

  @Option(
    help:
      "float32 or bfloat16: what factors OpenVLA's float32 weights and inputs are multiplied as, on a CPU; else as the checkpoint says."
  )
  var products: String?

  func validate() throws {
    guard Device(device) != nil else {
      throw ValidationError("--device \(device): give cpu, cuda or cuda:N.")
    }
    guard dtype == nil || chosenType != nil else {
      throw ValidationError("--dtype \(dtype ?? ""): give float32 or bfloat16.")
    }
    guard products.map({ ProductPrecision(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("--products \(products ?? ""): give float32 or bfloat16.")
    }
    guard products == nil || (device == "cpu" && quantize == nil && dtype != "bfloat16") else {
      throw ValidationError(
        "--products is about float32 weights on a CPU: leave out --device, --quantize and --dtype bfloat16, or it."
      )
    }
    guard quantize.map({ WeightQuantization(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("--quantize \(quantize ?? ""): give int8 or int4.")
    }
  }

  private var chosenType: DType? {
    switch dtype {
    case "float32": .float32
    case "bfloat16": .bfloat16
    default: nil
    }
  }

  /// - Parameter adapter: A folder with a LoRA adapter, merged into the weights as they are read.
  func loading(
    _ preparation: ImagePreparation, adapter: String? = nil
  ) throws -> CheckpointLoading {
    let device = Device(device) ?? .cpu
    if case .cuda = device, !isCUDAAvailable { throw UnavailableDevice(name: self.device) }
    return CheckpointLoading(
      device: device, dtype: chosenType,
      quantization: quantize.flatMap(WeightQuantization.init),
      products: products.flatMap(ProductPrecision.init),
      adapter: try adapter.map {
        try LoRAAdapter(folder: URL(fileURLWithPath: $0, isDirectory: true))
      },
      preparation: preparation)
  }

  /// Takes what a run was begun with where nothing else was asked for.
  mutating func take(from facts: [String: String]) {
    if device == "cpu", let begun = facts["device"] { device = begun }
    dtype = dtype ?? facts["dtype"]
    quantize = quantize ?? facts["quantize"]
    products = products ?? facts["products"]
  }

  /// What `run.json` says of it: results depend on it.
  var facts: [String: String] {
    var facts = ["device": device]
    facts["dtype"] = dtype
    facts["quantize"] = quantize
    facts["products"] = products
    return facts
  }
}

/// A device that this machine, or this build of libtorch, does not have.
struct UnavailableDevice: Error, CustomStringConvertible {
  var name: String

  var description: String {
    "--device \(name): no CUDA device can be used. Set LIBTORCH to a CUDA build of libtorch \(libraryVersion), build anew, and see "
      + "that nvidia-smi lists a GPU; or leave --device out."
  }
}
