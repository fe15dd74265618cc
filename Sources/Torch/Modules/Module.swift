import Foundation

/// A network with named parameters.
public protocol Module: AnyObject {
  /// Every parameter with its checkpoint name, in the order of construction.
  var parameters: [NamedTensor] { get }
}

extension Module {
  /// How many numbers the parameters hold.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.count } }

  /// The parameters that training changes.
  public var trainableParameters: [NamedTensor] {
    parameters.filter(\.tensor.requiresGradient)
  }

  /// Lets training change exactly the parameters whose name satisfies `isTrainable`.
  public func setTrainable(where isTrainable: (String) -> Bool) {
    for parameter in parameters {
      parameter.tensor.requiresGradient = isTrainable(parameter.name)
    }
  }

  public func clearGradients() { Torch.clearGradients(parameters.map(\.tensor)) }

  /// Writes the parameters, and `others` beside them, as a safetensors file; with `dtype` all are
  /// converted to it.
  public func writeParameters(
    to url: URL, dtype: DType? = nil, others: [NamedTensor] = []
  ) throws {
    try writeTensors(parameters + others, to: url, dtype: dtype)
  }

  /// Overwrites parameters with those of `checkpoint` that `storedName` maps them to.
  ///
  /// A nil name leaves a parameter alone; a name that the checkpoint lacks, or a different shape, is
  /// an error. Returns how many parameters were overwritten.
  @discardableResult
  public func copyParameters(
    from checkpoint: Checkpoint, storedName: (String) -> String? = { $0 }
  ) throws -> Int {
    var copied = 0
    for parameter in parameters {
      guard let name = storedName(parameter.name) else { continue }
      let stored = try checkpoint.tensor(name)
      guard stored.shape == parameter.tensor.shape else {
        throw TorchError(
          "\(checkpoint.folder.path): tensor \(name) has shape \(stored.shape), "
            + "\(parameter.name) has \(parameter.tensor.shape)")
      }
      parameter.tensor.assign(stored)
      copied += 1
    }
    try throwRecordedFailure()
    return copied
  }
}

/// Writes `tensors` as a safetensors file; with `dtype` all are converted to it.
public func writeTensors(_ tensors: [NamedTensor], to url: URL, dtype: DType? = nil) throws {
  let converted = tensors.map { entry in
    let values = entry.tensor.detached()
    return NamedTensor(entry.name, dtype.map { values.to($0) } ?? values)
  }
  try SafetensorsFile.write(converted, to: url)
}
