import EnvironmentInterface
import StrictYAML

extension Adapter {
  /// Reads an adapter's file.
  ///
  /// - Throws: `YAMLError` with every mistake in it.
  public init(atPath path: String, named name: String) throws {
    try self.init(YAMLDocument(atPath: path, named: path), name: name)
  }

  /// Reads the text of an adapter's file.
  ///
  /// - Throws: `YAMLError` with every mistake in it.
  public init(text: String, named name: String) throws {
    try self.init(YAMLDocument(text: text, named: name), name: name)
  }

  private init(_ document: YAMLDocument, name: String) throws {
    self = try document.read { try Adapter(name: name, $0) }
    text = String(decoding: document.bytes, as: UTF8.self)
  }

  private init(name: String, _ file: YAMLValue) throws {
    let entries = try file.mapping(knownKeys: ["about", "dialect", "observation", "action", "rate"])
    let dialect = entries.read("dialect", or: Dialect.openpi.rawValue) {
      try $0.name(among: Dialect.allCases.map(\.rawValue), what: "dialect")
    }
    self.init(
      name: name, dialect: Dialect(rawValue: dialect) ?? .openpi,
      inputs: entries.read("observation", or: []) { try $0.namedInputs() },
      output: entries.read("action", or: ActionOutput(keys: [], layout: .endEffectorDelta)) {
        try $0.actionOutput()
      },
      controlRate: entries.readIfPresent("rate", default: nil) {
        try $0.number(within: NumberLimits(0.1...1000, "Hz"))
      })
  }
}

extension YAMLValue {
  fileprivate func namedInputs() throws -> [NamedInput] {
    try namedEntries(CountLimits(1...64, "entries")).compactMap { name, value in
      value.read(or: nil) { NamedInput(key: name, source: try $0.inputSource()) }
    }
  }

  private func inputSource() throws -> InputSource {
    if let map = entry("map") {
      _ = try mapping(knownKeys: ["map"])
      return .map(try map.namedInputs())
    }
    if let camera = entry("camera") { return .camera(try pictureInput(camera)) }
    if let state = entry("state") { return .state(try stateInput(state)) }
    if let text = entry("text") {
      _ = try text.name(among: ["instruction"], what: "text")
      let entries = try mapping(knownKeys: ["text", "lowercase", "listed"])
      return .instruction(
        lowercased: try entries.boolean("lowercase", default: false),
        isListed: try entries.boolean("listed", default: false))
    }
    if let constant = entry("constant") {
      _ = try mapping(knownKeys: ["constant"])
      if let number = try? constant.number() { return .constant(.number(number)) }
      return .constant(.text(try constant.string()))
    }
    throw error(
      "it does not say where the value comes from",
      mend: "give it one of camera, state, text, constant and map")
  }

  private func pictureInput(_ camera: YAMLValue) throws -> PictureInput {
    let entries = try mapping(knownKeys: [
      "camera", "size", "fit", "turn", "colors", "otherwise", "leading",
    ])
    var picture = PictureInput(camera: try camera.string())
    if let size = entries["size"] {
      let sides = try size.numbers(2, within: NumberLimits(1...4096, "pixels"))
      picture.height = Int(sides[0])
      picture.width = Int(sides[1])
    }
    if let fit = entries["fit"] {
      let name = try fit.name(among: PictureInput.Fit.allCases.map(\.rawValue), what: "fit")
      picture.fit = PictureInput.Fit(rawValue: name) ?? .stretch
    }
    if let turn = entries["turn"] {
      picture.isTurned = try turn.name(among: ["0", "180"], what: "turn") == "180"
    }
    if let colors = entries["colors"] {
      picture.isBGR = try colors.name(among: ["rgb", "bgr"], what: "order of colors") == "bgr"
    }
    if let otherwise = entries["otherwise"] {
      picture.otherwiseBlack =
        try otherwise.name(among: ["black"], what: "stand-in for a missing camera") == "black"
    }
    picture.leadingAxes = try entries["leading"]?.integer(within: CountLimits(0...4)) ?? 0
    return picture
  }

  private func stateInput(_ state: YAMLValue) throws -> StateInput {
    let entries = try mapping(knownKeys: ["state", "widest_gripper", "part", "leading"])
    let quantities = try state.items(CountLimits(1...16, "quantities")) { try $0.quantity() }
    let widest = try entries["widest_gripper"]?.number(within: NumberLimits(0.001...1, "m"))
    if widest == nil, quantities.contains(.gripperFraction) {
      throw error(
        "gripper-fraction without the width that is 1",
        mend: "add widest_gripper: the policy's own, in m")
    }
    var input = StateInput(layout: StateLayout(quantities, widestGripper: widest ?? 0))
    if let part = entries["part"] {
      let ends = try part.numbers(2, within: NumberLimits(0...64))
      guard ends[0] < ends[1], Int(ends[1]) <= input.layout.count else {
        throw part.error(
          "it takes nothing, or more than the \(input.layout.count) numbers there are",
          mend: "write [first, end], the end not included")
      }
      input.part = Int(ends[0])..<Int(ends[1])
    }
    input.leadingAxes = try entries["leading"]?.integer(within: CountLimits(0...4)) ?? 0
    return input
  }

  private func quantity() throws -> StateLayout.Quantity {
    let text = try string()
    if let form = RotationForm(rawValue: text) { return .orientation(form) }
    if text.hasPrefix("joints-"), let count = Int(text.dropFirst("joints-".count)),
      (1...64).contains(count)
    {
      return .jointAngles(count: count)
    }
    switch text {
    case "position": return .position
    case "gripper-width": return .gripperWidth
    case "gripper-fraction": return .gripperFraction
    case "finger-positions": return .fingerPositions
    case "zero": return .padding
    default:
      let forms = RotationForm.allCases.map(\.rawValue).joined(separator: ", ")
      throw error(
        "'\(text)' is no quantity of a robot's state",
        mend: "use position, \(forms), joints-N, gripper-width, gripper-fraction, "
          + "finger-positions or zero")
    }
  }

  fileprivate func actionOutput() throws -> ActionOutput {
    let entries = try mapping(knownKeys: [
      "key", "keys", "control", "joints", "mode", "frame", "rotation", "metres_per_unit",
      "radians_per_unit", "gripper", "execute",
    ])
    func choice<Value: RawRepresentable & CaseIterable>(_ name: String, _ fallback: Value)
      throws -> Value where Value.RawValue == String
    {
      guard let entry = entries[name] else { return fallback }
      let text = try entry.name(among: Value.allCases.map(\.rawValue), what: name)
      return Value(rawValue: text) ?? fallback
    }
    var layout = ActionLayout.endEffectorDelta
    layout.control = try choice("control", .endEffector)
    layout.mode = try choice("mode", .delta)
    layout.frame = try choice("frame", .base)
    layout.jointCount = try entries["joints"]?.integer(within: CountLimits(1...64, "joints"))
    layout.metresPerUnit = try entries.number("metres_per_unit", default: 1)
    layout.radiansPerUnit = try entries.number("radians_per_unit", default: 1)
    layout.rotation = try choice("rotation", .rollPitchYaw)
    layout.gripper = entries.read("gripper", or: .openIsOne) { value in
      let gripper = try value.mapping(knownKeys: ["open", "closed", "semantics"])
      let semantics = try gripper["semantics"]?.name(
        among: GripperLayout.Semantics.allCases.map(\.rawValue), what: "semantics")
      return GripperLayout(
        open: try gripper.required("open").number(),
        closed: try gripper.required("closed").number(),
        semantics: semantics.flatMap(GripperLayout.Semantics.init) ?? .absolute)
    }
    // Which rotation, which unit: none of it has a default that could be right by luck.
    if layout.control == .endEffector, entries["rotation"] == nil {
      _ = entries.read("rotation", or: "") { try $0.string() }
    }
    return ActionOutput(
      keys: try entries["keys"]?.strings() ?? entries["key"].map { [try $0.string()] } ?? [],
      layout: layout,
      executes: try entries["execute"]?.integer(within: CountLimits(1...1000, "actions")))
  }
}
