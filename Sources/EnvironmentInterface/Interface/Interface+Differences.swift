import Foundation

extension Interface {
  /// Where a policy's interface is not that of a set-up, in the order of what is looked at.
  ///
  /// Nothing is adapted silently: every difference either has the name of an adaptation or is refused with a mend.
  /// What a policy does not say (nil) does not differ. vla-eval's contract check is the model
  /// (`src/vla_eval/specs.py`).
  public static func differences(
    ofPolicy policy: Interface, from setup: Interface
  ) -> [InterfaceDifference] {
    cameras(policy, setup) + state(policy, setup) + motion(policy.action, setup.action)
      + gripper(policy.action.gripper, setup.action.gripper) + rate(policy, setup)
  }

  private static func cameras(_ policy: Interface, _ setup: Interface) -> [InterfaceDifference] {
    let names = setup.cameras.map(\.name).joined(separator: ", ")
    return policy.cameras.flatMap { wanted -> [InterfaceDifference] in
      let subject = "camera \(wanted.name)"
      guard let camera = setup.cameras.first(where: { $0.name == wanted.name }) else {
        return [
          InterfaceDifference(
            subject: subject, policy: "it", setup: names.isEmpty ? "none" : names,
            resolution: .refused(
              mend: "name one of the set-up's cameras in its place, or run on a set-up that has it")
          )
        ]
      }
      let size = (wanted.height ?? camera.height, wanted.width ?? camera.width)
      guard size != (camera.height, camera.width) else { return [] }
      let there = sizeText(camera.height, camera.width)
      let here = sizeText(size.0, size.1)
      return [
        InterfaceDifference(
          subject: subject, policy: here, setup: there,
          resolution: .adapted("resized from \(there) to \(here)"))
      ]
    }
  }

  private static func sizeText(_ height: Int?, _ width: Int?) -> String {
    "\(height.map(String.init) ?? "any")×\(width.map(String.init) ?? "any")"
  }

  private static func state(_ policy: Interface, _ setup: Interface) -> [InterfaceDifference] {
    guard let wanted = policy.state, wanted != setup.state else { return [] }
    let joints = setup.state?.jointCount ?? 0
    guard wanted.jointCount <= joints else {
      return [
        InterfaceDifference(
          subject: "state", policy: "\(wanted.jointCount) joint angles", setup: "\(joints)",
          resolution: .refused(
            mend: "run it on a set-up whose arm has \(wanted.jointCount) joints, or pad the state"))
      ]
    }
    let (here, there) = (wanted.text, setup.state?.text ?? "none")
    return here == there
      ? []
      : [
        InterfaceDifference(
          subject: "state", policy: here, setup: there, resolution: .adapted("given as \(here)"))
      ]
  }

  private static func motion(_ policy: ActionLayout, _ setup: ActionLayout)
    -> [InterfaceDifference]
  {
    var differences: [InterfaceDifference] = []
    func refuse(_ subject: String, _ policy: String, _ setup: String, mend: String) {
      differences.append(
        InterfaceDifference(
          subject: subject, policy: policy, setup: setup, resolution: .refused(mend: mend)))
    }
    func adapt(_ subject: String, _ policy: String, _ setup: String, _ name: String) {
      differences.append(
        InterfaceDifference(
          subject: subject, policy: policy, setup: setup, resolution: .adapted(name)))
    }
    guard policy.control == setup.control else {
      refuse(
        "control", policy.control.rawValue, setup.control.rawValue,
        mend: "give the policy an adapter whose outputs are \(setup.control.rawValue)")
      return differences
    }
    if policy.mode != setup.mode {
      refuse(
        "mode", policy.mode.rawValue, setup.mode.rawValue,
        mend: "give the policy an adapter whose outputs are of mode \(setup.mode.rawValue)")
    }
    if policy.control == .joints {
      if policy.jointCount != setup.jointCount {
        refuse(
          "joints", "\(policy.jointCount ?? 0)", "\(setup.jointCount ?? 0)",
          mend: "run it on a set-up whose arm has as many joints")
      }
      return differences
    }
    if policy.frame != setup.frame {
      refuse(
        "frame", policy.frame.rawValue, setup.frame.rawValue,
        mend:
          "give the policy an adapter that turns its motions into the \(setup.frame.rawValue) frame"
      )
    }
    if policy.rotation != setup.rotation {
      adapt(
        "rotation", policy.rotation.rawValue, setup.rotation.rawValue,
        "\(setup.rotation.rawValue) from \(policy.rotation.rawValue)")
    }
    if policy.metresPerUnit != setup.metresPerUnit {
      let factor = number(policy.metresPerUnit / setup.metresPerUnit)
      adapt(
        "translation", "1 = \(number(policy.metresPerUnit)) m",
        "1 = \(number(setup.metresPerUnit)) m", "times \(factor)")
    }
    if policy.radiansPerUnit != setup.radiansPerUnit, policy.rotation.count == 3 {
      let factor = number(policy.radiansPerUnit / setup.radiansPerUnit)
      adapt(
        "angles", "1 = \(number(policy.radiansPerUnit)) rad",
        "1 = \(number(setup.radiansPerUnit)) rad", "times \(factor)")
    }
    return differences
  }

  private static func gripper(_ policy: GripperLayout, _ setup: GripperLayout)
    -> [InterfaceDifference]
  {
    guard policy != setup else { return [] }
    let (here, there) = (policy.text, setup.text)
    let resolution: InterfaceDifference.Resolution
    if policy.semantics != setup.semantics {
      resolution = .refused(
        mend: "set the policy's gripper to `\(setup.semantics.rawValue)` if its numbers mean that")
    } else if policy.open == policy.closed {
      resolution = .refused(mend: "set two different numbers for open and closed")
    } else {
      // setup = scale · g + offset
      let scale = (setup.open - setup.closed) / (policy.open - policy.closed)
      let offset = setup.closed - scale * policy.closed
      resolution = .adapted(linear(scale: scale, offset: offset))
    }
    return [
      InterfaceDifference(subject: "gripper", policy: here, setup: there, resolution: resolution)
    ]
  }

  /// `1 − g`, `0.5 g + 0.5` and their like.
  private static func linear(scale: Double, offset: Double) -> String {
    let term = abs(scale) == 1 ? "g" : "\(number(abs(scale))) g"
    if offset == 0 { return scale < 0 ? "−\(term)" : term }
    return scale < 0
      ? "\(number(offset)) − \(term)" : "\(term) + \(number(offset))".replacing("+ -", with: "− ")
  }

  private static func rate(_ policy: Interface, _ setup: Interface) -> [InterfaceDifference] {
    guard let wanted = policy.controlRate, let rate = setup.controlRate, wanted != rate else {
      return []
    }
    return [
      InterfaceDifference(
        subject: "control rate", policy: "\(number(wanted)) Hz", setup: "\(number(rate)) Hz",
        resolution: .refused(
          mend:
            "a displacement of \(number(wanted)) Hz is another motion at \(number(rate)) Hz: run it "
            + "on a set-up of \(number(wanted)) Hz, or declare no rate to run it as it is"))
    ]
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e6
      ? String(Int(value)) : String(format: "%.6g", value)
  }
}

extension GripperLayout {
  fileprivate var text: String {
    "\(semantics.rawValue), \(open.formatted) open, \(closed.formatted) closed"
  }
}

extension Double {
  fileprivate var formatted: String { String(format: "%g", self) }
}

extension StateLayout {
  /// The quantities in words.
  public var text: String {
    quantities.map { quantity in
      switch quantity {
      case .position: "position"
      case .orientation(let form): form.rawValue
      case .jointAngles(let count): "\(count) joint angles"
      case .gripperWidth: "gripper width"
      case .gripperFraction: "gripper fraction"
      case .fingerPositions: "finger positions"
      case .padding: "0"
      }
    }.joined(separator: ", ")
  }
}
