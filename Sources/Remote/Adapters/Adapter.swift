import EnvironmentInterface

/// Between a set-up and one kind of policy: which keys the policy reads, and what the numbers that it answers mean.
///
/// A file under `Adapters/`, so that a new embodiment is configuration (openpi's `LiberoInputs` and `LiberoOutputs`
/// are the model).
public struct Adapter: Hashable, Sendable {
  public var name: String
  public var dialect: Dialect
  public var inputs: [NamedInput]
  public var output: ActionOutput
  /// Control steps in a second that the policy was trained at [Hz]; nil where it is run as it is.
  public var controlRate: Double?
  /// The text of its file.
  public var text = ""

  /// What of the observation is read on set-ups with these cameras.
  func needs(cameras: Set<String>) -> ObservationNeeds {
    ObservationNeeds(
      sources.compactMap { source -> ObservationNeeds.Part? in
        switch source {
        case .camera(let picture):
          picture.otherwiseBlack && !cameras.contains(picture.camera)
            ? nil : .camera(picture.camera)
        case .state: .proprioception
        case .instruction: .instruction
        case .constant, .map: nil
        }
      })
  }

  /// The interface that is compared with those of set-ups with these cameras.
  func interface(cameras: Set<String>) -> Interface {
    var seen: [CameraInterface] = []
    var quantities: [StateLayout.Quantity] = []
    var widest = 0.0
    for source in sources {
      switch source {
      case .camera(let picture):
        if picture.otherwiseBlack, !cameras.contains(picture.camera) { continue }
        seen.append(
          CameraInterface(name: picture.camera, height: picture.height, width: picture.width))
      case .state(let state):
        quantities += state.layout.quantities
        widest = max(widest, state.layout.widestGripper)
      case .instruction, .constant, .map: continue
      }
    }
    return Interface(
      name: name, cameras: seen,
      state: quantities.isEmpty ? nil : StateLayout(quantities, widestGripper: widest),
      action: output.layout, controlRate: controlRate)
  }

  /// Every adaptation that is no difference of interfaces, by name.
  func notes(cameras: Set<String>) -> [String] {
    sources.compactMap { source -> String? in
      guard case .camera(let picture) = source else { return nil }
      var notes: [String] = []
      if picture.otherwiseBlack, !cameras.contains(picture.camera) { notes.append("black") }
      if picture.isTurned { notes.append("turned by 180°") }
      if picture.isBGR { notes.append("blue first") }
      return notes.isEmpty ? nil : "camera \(picture.camera): \(notes.joined(separator: ", "))"
    } + (output.executes.map { ["executes \($0) actions of each answer"] } ?? [])
  }

  private var sources: [InputSource] { inputs.flatMap(\.source.leaves) }
}

/// Where in an answer the actions are, and what their numbers mean.
public struct ActionOutput: Hashable, Sendable {
  /// Keys whose arrays are put side by side; empty for an answer that is the array.
  public var keys: [String]
  public var layout: ActionLayout
  /// Only the first so many actions of an answer are executed; nil for all.
  public var executes: Int?

  public init(keys: [String], layout: ActionLayout, executes: Int? = nil) {
    self.keys = keys
    self.layout = layout
    self.executes = executes
  }

  /// The actions of an answer.
  ///
  /// - Throws: `PolicyError` where the answer is not what this describes.
  func chunk(of answer: WireValue, by adaptation: ActionAdaptation) throws(PolicyError)
    -> ActionChunk
  {
    var rows = try rows(of: answer)
    if let executes { rows = Array(rows.prefix(executes)) }
    var actions: [Action] = []
    for row in rows { actions.append(try adaptation.action(row)) }
    return try ActionChunk(actions)
  }

  private func rows(of answer: WireValue) throws(PolicyError) -> [[Double]] {
    var table: [[Double]] = []
    for part in try parts(of: answer) {
      let rows = try Self.rows(part, width: keys.count > 1 ? nil : layout.count)
      guard table.isEmpty || table.count == rows.count else {
        throw .failed("the parts of the answer have \(table.count) and \(rows.count) actions")
      }
      table = table.isEmpty ? rows : zip(table, rows).map { $0 + $1 }
    }
    return table
  }

  private func parts(of answer: WireValue) throws(PolicyError) -> [WireValue] {
    guard case .map = answer else { return [answer] }
    if keys.isEmpty {
      guard let part = answer["actions"] ?? answer["action"] else {
        throw .failed("the answer has neither actions nor action, only \(answer.keys)")
      }
      return [part]
    }
    var parts: [WireValue] = []
    for key in keys {
      guard let part = answer[key] else {
        throw .failed("the answer has no \(key), only \(answer.keys)")
      }
      parts.append(part)
    }
    return parts
  }

  /// The rows of an array: `[n, w]`, `[w]` for one action, `[1, n, w]`; and `[n]` for n actions of one number each.
  private static func rows(_ value: WireValue, width: Int?) throws(PolicyError) -> [[Double]] {
    guard let numbers = value.numbers else {
      throw .failed("the answer's actions are \(value.kind), not an array of numbers")
    }
    var shape = numbers.shape
    while shape.count > 2, shape[0] == 1 { shape.removeFirst() }
    if shape.count == 1 { shape = width == nil ? [shape[0], 1] : [1, shape[0]] }
    guard shape.count == 2, shape[1] > 0, width == nil || shape[1] == width else {
      let text = shape.map(String.init).joined(separator: "×")
      throw .failed(
        "the answer has shape \(text), where an action has \(width ?? 1) numbers; the adapter's "
          + "action says what they mean")
    }
    return stride(from: 0, to: numbers.values.count, by: shape[1]).map {
      Array(numbers.values[$0..<$0 + shape[1]])
    }
  }
}
