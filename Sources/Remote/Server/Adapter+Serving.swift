import EnvironmentInterface
import Geometry

/// An adapter read from the other side: a client's observation becomes ours, our actions become its numbers.
extension Adapter {
  /// The observation in what a client sent.
  ///
  /// Keys that a policy does not need may be missing. Pictures are taken as they come; turning and colors are undone.
  ///
  /// - Throws: `PolicyError` where something that is there is not what the adapter says.
  func observation(in question: WireValue) throws(PolicyError) -> Observation {
    var observation = Observation(step: 0)
    var felt: (position: Vector3?, rotation: Rotation?, width: Double?, joints: [Double]) =
      (nil, nil, nil, [])
    try read(inputs, question, &observation) { (state, numbers) throws(PolicyError) in
      guard state.part == nil else { return }
      guard numbers.count == state.layout.count else {
        throw .failed(
          "a state of \(numbers.count) numbers, where \(state.layout.text) takes "
            + "\(state.layout.count)")
      }
      var rest = numbers[...]
      for quantity in state.layout.quantities {
        let part = Array(rest.prefix(quantity.count))
        rest = rest.dropFirst(quantity.count)
        switch quantity {
        case .position: felt.position = Vector3(part[0], part[1], part[2])
        case .orientation(let form): felt.rotation = form.rotation(of: part)
        case .jointAngles: felt.joints = part
        case .gripperWidth: felt.width = part[0]
        case .gripperFraction: felt.width = part[0] * state.layout.widestGripper
        case .fingerPositions: felt.width = part[0] - part[1]
        case .padding: break
        }
      }
    }
    if let position = felt.position, let rotation = felt.rotation, let width = felt.width {
      observation.proprioception = Proprioception(
        baseFromGripper: RigidTransform(rotation: rotation, translation: position),
        gripperWidth: width, jointAngles: felt.joints)
    }
    return observation
  }

  private func read(
    _ inputs: [NamedInput], _ question: WireValue, _ observation: inout Observation,
    state: (StateInput, [Double]) throws(PolicyError) -> Void
  ) throws(PolicyError) {
    for input in inputs {
      guard let value = question[input.key] else { continue }
      switch input.source {
      case .camera(let picture):
        guard observation.images[picture.camera] == nil else { continue }
        observation.images[picture.camera] = try picture.image(in: value, key: input.key)
      case .state(let layout):
        guard let numbers = value.numbers, numbers.values.allSatisfy(\.isFinite) else {
          throw .failed("\(input.key) is \(value.kind), not an array of finite numbers")
        }
        try state(layout, numbers.values)
      case .instruction:
        var text = value
        if case .list(let parts) = value, let first = parts.first { text = first }
        observation.instruction = text.string
      case .constant: continue
      case .map(let inner): try read(inner, value, &observation, state: state)
      }
    }
  }

  /// A chunk as the adapter's clients read it: an action `[w]` where they expect one, else `[n, w]` under `actions`.
  func answer(of chunk: ActionChunk) throws(CodecError) -> WireValue {
    let rows = chunk.actions.map(output.layout.numbers(of:))
    switch dialect {
    case .openVLA, .openVLATwice, .roboEvals:
      return .array(try NumericArray(float64: rows[0], shape: [rows[0].count]))
    case .openpi, .roboArena, .vlaEval, .gr00t:
      let table = try NumericArray(
        float64: rows.flatMap { $0 }, shape: [rows.count, output.layout.count])
      return .fields(["actions": .array(table)])
    }
  }
}

extension PictureInput {
  /// The picture of an array that a client sent: `[height, width, 3]` bytes after axes of length 1.
  fileprivate func image(in value: WireValue, key: String) throws(PolicyError) -> Image {
    guard case .array(let array) = value, array.type == .uint8,
      case let shape = Array(array.shape.drop { $0 == 1 }), shape.count == 3, shape[2] == 3,
      (1...4096).contains(shape[0]), (1...4096).contains(shape[1])
    else { throw .failed("\(key) is no uint8 picture [height, width, 3]") }
    let sent = Image(height: shape[0], width: shape[1], pixels: array.bytes)
    // Turning twice, or exchanging red and blue twice, changes nothing: the way there is the way back.
    var back = PictureInput(camera: camera)
    back.isTurned = isTurned
    back.isBGR = isBGR
    guard let undone = try? back.array(of: sent) else { return sent }
    return Image(height: sent.height, width: sent.width, pixels: undone.bytes)
  }
}

extension ActionLayout {
  /// The numbers of an action in this layout; `ActionAdaptation` turns them back.
  fileprivate func numbers(of action: Action) -> [Double] {
    let turn = Rotation(
      roll: action.rotation.x, pitch: action.rotation.y, yaw: action.rotation.z)
    let angles =
      rotation == .rollPitchYaw
      ? [action.rotation.x, action.rotation.y, action.rotation.z] : rotation.numbers(of: turn)
    let place = action.translation * (1 / metresPerUnit)
    return [place.x, place.y, place.z]
      + (rotation.count == 3 ? angles.map { $0 / radiansPerUnit } : angles)
      + [gripper.closed + action.gripper * (gripper.open - gripper.closed)]
  }
}
