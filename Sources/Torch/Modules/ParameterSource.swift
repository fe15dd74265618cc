/// Where a network's parameters come from while it is built: a seed, a checkpoint, or nowhere.
///
/// Every module asks its scope for its parameters by their checkpoint names, so the same initializer
/// builds a fresh network and a loaded one, and names on loading and saving can't differ.
public final class ParameterSource {
  private enum Origin {
    case seed(UInt64)
    case checkpoint(Checkpoint)
    case nowhere
    case device
  }

  private let origin: Origin
  /// How linear layers keep their weights; nil as they are.
  let quantization: WeightQuantization?
  /// What is done to a value of the checkpoint, by name, before it is used: adapters are merged here.
  private let adjust: (String, Tensor) throws -> Tensor
  /// Of every parameter.
  public let dtype: DType
  private let device: Device
  /// The low-rank change of a weight of that name and shape, which its layer then keeps beside it; nil for none.
  private let update: (String, [Int]) throws -> LowRankUpdate?
  /// Everything handed out so far, in order.
  public private(set) var parameters: [NamedTensor] = []

  /// Fresh parameters, drawn from `seed`.
  public init(seed: UInt64, dtype: DType = .float32, device: Device = .standard) {
    origin = .seed(seed)
    quantization = nil
    adjust = { $1 }
    update = { _, _ in nil }
    self.dtype = dtype
    self.device = device
  }

  /// Parameters read from `checkpoint` and converted to `dtype`; on the meta device their names, shapes and types are
  /// checked and nothing is read.
  ///
  /// - Parameters:
  ///   - quantization: Linear layers' weights are rounded to this one by one as they are read, so that the whole never
  ///     stands in memory at full size; they are no parameters then.
  ///   - adjust: What is done to each value before it is converted, by name.
  ///   - update: A low-rank change that the layer of a weight, by name and shape, is to keep beside it.
  public init(
    _ checkpoint: Checkpoint, dtype: DType = .float32, device: Device = .standard,
    quantization: WeightQuantization? = nil,
    adjust: @escaping (String, Tensor) throws -> Tensor = { $1 },
    update: @escaping (String, [Int]) throws -> LowRankUpdate? = { _, _ in nil }
  ) {
    origin = .checkpoint(checkpoint)
    self.quantization = quantization
    self.adjust = adjust
    self.update = update
    self.dtype = dtype
    self.device = device
  }

  /// Parameters with no memory behind them (`Device.meta`): a network of any size is built at once, to be counted.
  public init(shapesOfType dtype: DType) {
    origin = .nowhere
    quantization = nil
    adjust = { $1 }
    update = { _, _ in nil }
    self.dtype = dtype
    device = .meta
  }

  /// Parameters that the device itself draws, each normal with a deviation that keeps activations of order one: for measuring
  /// speed at sizes that a processor would draw for minutes. Other numbers on other devices.
  public init(drawnOn device: Device, dtype: DType) {
    origin = .device
    quantization = nil
    adjust = { $1 }
    update = { _, _ in nil }
    self.dtype = dtype
    self.device = device
  }

  /// The scope of names without a prefix.
  public var root: ParameterScope { ParameterScope(source: self, prefix: "") }

  /// Names of the checkpoint that nobody asked for.
  public var unusedNames: [String] {
    guard case .checkpoint(let checkpoint) = origin else { return [] }
    let used = Set(parameters.map(\.name)).union(quantized.names)
    return checkpoint.names.filter { !used.contains($0) }
  }

  /// Tensors of the checkpoint that nobody asked for, as they are stored.
  public func unusedTensors() throws -> [NamedTensor] {
    guard case .checkpoint(let checkpoint) = origin else { return [] }
    return try unusedNames.map { NamedTensor($0, try adjust($0, checkpoint.tensor($0))) }
  }

  /// Names whose weights were quantized, and bytes that these take.
  public private(set) var quantized: (names: Set<String>, byteCount: Int) = ([], 0)

  func quantizedWeight(
    _ name: String, _ shape: [Int], _ initializer: Initializer, _ quantization: WeightQuantization
  ) throws -> QuantizedWeight {
    // As it is stored: rounding twice would lose more.
    let weight = try QuantizedWeight(
      values(name, shape, initializer, converting: false), quantization)
    if case .checkpoint(let checkpoint) = origin { checkpoint.forget(name) }
    quantized.names.insert(name)
    quantized.byteCount += weight.byteCount
    return weight
  }

  func parameter(_ name: String, _ shape: [Int], _ initializer: Initializer) throws -> Tensor {
    let parameter = try values(name, shape, initializer)
    parameter.requiresGradient = true
    try throwRecordedFailure()
    parameters.append(NamedTensor(name, parameter))
    return parameter
  }

  func lowRankUpdate(of name: String, _ shape: [Int]) throws -> LowRankUpdate? {
    try update(name, shape)
  }

  private func values(
    _ name: String, _ shape: [Int], _ initializer: Initializer, converting: Bool = true
  ) throws -> Tensor {
    switch origin {
    case .device:
      let deviation =
        shape.count > 1 ? 1 / Double(max(1, shape.dropFirst().reduce(1, *))).squareRoot() : 1
      return try checked {
        .randomNormal(shape, standardDeviation: deviation, dtype: dtype, device: device)
      }
    case .seed(let seed):
      guard elementCount(of: shape) != nil else {
        throw TorchError("parameter \(name): shape \(shape) is impossible")
      }
      let values = Tensor(initializer.values(shape: shape, seed: seed, name: name), shape: shape)
      return try checked { values.to(dtype).to(device) }
    case .checkpoint(let checkpoint):
      guard let stored = checkpoint.shape(of: name) else {
        throw TorchError(
          "\(checkpoint.fileURLs.last?.path ?? checkpoint.folder.path): holds no tensor \(name)")
      }
      guard stored == shape else {
        throw TorchError(
          "\(checkpoint.path(of: name)): tensor \(name) has shape \(stored), the configuration says \(shape)"
        )
      }
      guard checkpoint.dtype(of: name)?.isFloatingPoint == true else {
        throw TorchError(
          "\(checkpoint.path(of: name)): \(name) holds whole numbers, as weights in few bits do; "
            + "copy the checkpoint in float32, float16 or bfloat16")
      }
      if device == .meta { return try shapeOnly(shape) }
      let kept = try checkpoint.tensor(name)
      let values = try checked {
        let adjusted = try adjust(name, kept)
        return (converting ? adjusted.to(dtype) : adjusted).to(device)
      }
      // A large model must not stand in memory twice.
      if !values.sharesMemory(with: kept) { checkpoint.forget(name) }
      return values
    case .nowhere: return try shapeOnly(shape)
    }
  }

  private func shapeOnly(_ shape: [Int]) throws -> Tensor {
    let values = Tensor.zeros(shape, dtype: dtype, device: .meta)
    try throwRecordedFailure()
    return values
  }

  var isStored: Bool {
    if case .checkpoint = origin { true } else { false }
  }

  /// Whether the parameters have no elements.
  public var isShapesOnly: Bool { device == .meta }

  func shape(of name: String) -> [Int]? {
    guard case .checkpoint(let checkpoint) = origin else { return nil }
    return checkpoint.shape(of: name)
  }
}

/// A prefix of parameter names, such as `language_model.model.layers.3.`.
public struct ParameterScope {
  let source: ParameterSource
  let prefix: String

  /// The scope of names that begin with `name` and a dot.
  public subscript(_ name: String) -> ParameterScope {
    ParameterScope(source: source, prefix: "\(prefix)\(name).")
  }

  public subscript(_ index: Int) -> ParameterScope { self[String(index)] }

  /// The parameter `name` of this scope.
  public func parameter(
    _ name: String, _ shape: [Int], _ initializer: Initializer
  ) throws -> Tensor {
    try source.parameter(prefix + name, shape, initializer)
  }

  /// The low-rank change that the layer of the weight `name` keeps beside it, nil where there is none.
  public func lowRankUpdate(of name: String, _ shape: [Int]) throws -> LowRankUpdate? {
    try source.lowRankUpdate(of: prefix + name, shape)
  }

  func quantizedWeight(
    _ name: String, _ shape: [Int], _ initializer: Initializer, _ quantization: WeightQuantization
  ) throws -> QuantizedWeight {
    try source.quantizedWeight(prefix + name, shape, initializer, quantization)
  }

  /// The prefix without its last dot, for messages.
  public var name: String { String(prefix.dropLast()) }

  /// Whether a checkpoint gives the parameters.
  public var isStored: Bool { source.isStored }

  /// The shape of `name` in the checkpoint; nil for a fresh network or where there is none.
  public func storedShape(_ name: String) -> [Int]? { source.shape(of: prefix + name) }
}
