import EnvironmentInterface
import Geometry
import RandomNumbers
import Testing

struct InterfaceTests {
  private let setup = Interface(
    name: "tabletop",
    cameras: [
      CameraInterface(name: "primary", height: 224, width: 224),
      CameraInterface(name: "wrist", height: 128, width: 160),
    ],
    state: StateLayout([.position, .jointAngles(count: 6)], widestGripper: 0.074),
    action: .endEffectorDelta, controlRate: 5)

  private func policy(_ change: (inout Interface) -> Void) -> Interface {
    var policy = Interface(
      name: "mine", cameras: [CameraInterface(name: "primary")], state: nil,
      action: .endEffectorDelta, controlRate: nil)
    change(&policy)
    return policy
  }

  private func differences(_ change: (inout Interface) -> Void) -> [String] {
    Interface.differences(ofPolicy: policy(change), from: setup).map(\.description)
  }

  @Test func whatAPolicyDoesNotSayDoesNotDiffer() {
    #expect(differences { _ in } == [])
    #expect(differences { $0.controlRate = 5 } == [])
    #expect(Interface.differences(ofPolicy: setup, from: setup) == [])
  }

  @Test func whatDiffersInFormOnlyIsAdaptedByName() {
    #expect(
      differences { $0.cameras = [CameraInterface(name: "wrist", height: 256, width: 256)] }
        == ["camera wrist: resized from 128×160 to 256×256"])
    #expect(
      differences { $0.action.rotation = .axisAngle }
        == ["rotation: roll-pitch-yaw from axis-angle"])
    #expect(
      differences { $0.action.gripper = GripperLayout(open: 0, closed: 1) } == ["gripper: 1 − g"])
    #expect(
      differences { $0.action.gripper = GripperLayout(open: 1, closed: -1) }
        == ["gripper: 0.5 g + 0.5"])
    #expect(
      differences { $0.action.gripper = GripperLayout(open: -1, closed: 1) }
        == ["gripper: 0.5 − 0.5 g"])
    #expect(differences { $0.action.metresPerUnit = 0.001 } == ["translation: times 0.001"])
    #expect(
      differences { $0.state = StateLayout([.position, .gripperFraction], widestGripper: 0.074) }
        == ["state: given as position, gripper fraction"])
  }

  @Test func whatDiffersInMeaningIsRefusedWithAMend() {
    let changes: [(subject: String, change: (inout Interface) -> Void)] = [
      ("camera side", { $0.cameras = [CameraInterface(name: "side")] }),
      ("control", { $0.action.control = .joints }),
      ("mode", { $0.action.mode = .absolute }),
      ("frame", { $0.action.frame = .gripper }),
      ("gripper", { $0.action.gripper.semantics = .relativeSticky }),
      ("gripper", { $0.action.gripper = GripperLayout(open: 2, closed: 2) }),
      ("control rate", { $0.controlRate = 15 }),
      ("state", { $0.state = StateLayout([.jointAngles(count: 7)], widestGripper: 0.08) }),
    ]
    for (subject, change) in changes {
      let found = Interface.differences(ofPolicy: policy(change), from: setup)
      #expect(found.map(\.subject) == [subject])
      #expect(found.allSatisfy { $0.isRefused })
      if case .refused(let mend) = found[0].resolution { #expect(!mend.isEmpty) }
    }
  }

  @Test(arguments: RotationForm.allCases) func everyFormOfARotationReadsBack(_ form: RotationForm) {
    var chance = RandomStream(seed: 5).named(form.rawValue)
    for _ in 0..<200 {
      let axis = Vector3(chance.normal(), chance.normal(), chance.normal())
      let rotation = Rotation(about: axis, byRadians: chance.uniform(in: -3...3))
      let numbers = form.numbers(of: rotation)
      #expect(numbers.count == form.count)
      let back = form.rotation(of: numbers) ?? .identity
      #expect((back.inverse * rotation).rotationVector.length < 1e-7)
    }
    #expect(form.rotation(of: [Double](repeating: .nan, count: form.count)) == nil)
    #expect(form.rotation(of: [1]) == nil)
  }

  @Test func numbersInAnotherFormAreTheSameAction() throws {
    let wanted = Action(
      translation: Vector3(0.01, -0.02, 0.03), rotation: Vector3(0.1, -0.2, 0.3), gripper: 0.25)
    let turn = Rotation(roll: 0.1, pitch: -0.2, yaw: 0.3)
    for form in RotationForm.allCases {
      let layout = ActionLayout(
        rotation: form, metresPerUnit: 0.01, gripper: GripperLayout(open: -1, closed: 1))
      let adaptation = try #require(ActionAdaptation(from: layout))
      let action = try adaptation.action([1, -2, 3] + form.numbers(of: turn) + [0.5])
      for (value, expected) in zip(action.values, wanted.values) {
        #expect(abs(value - expected) < 1e-12)
      }
      #expect(throws: PolicyError.wrongActionLength(2, expected: layout.count)) {
        try adaptation.action([1, 2])
      }
    }
    #expect(ActionAdaptation(from: ActionLayout(mode: .absolute)) == nil)
    let same = try #require(ActionAdaptation(from: .endEffectorDelta))
    #expect(try same.action(wanted.values) == wanted)
  }

  @Test func aStateIsWrittenAsItsLayoutSays() throws {
    let felt = Proprioception(
      baseFromGripper: RigidTransform(
        rotation: Rotation(roll: 0, pitch: 0, yaw: 0.5), translation: Vector3(0.3, 0.1, 0.2)),
      gripperWidth: 0.04, jointAngles: [1, 2, 3])
    let layout = StateLayout(
      [.position, .orientation(.axisAngle), .padding, .gripperFraction, .fingerPositions],
      widestGripper: 0.08)
    let numbers = try #require(layout.numbers(of: felt))
    #expect(numbers.count == layout.count)
    for (value, expected) in zip(numbers, [0.3, 0.1, 0.2, 0, 0, 0.5, 0, 0.5, 0.02, -0.02]) {
      #expect(abs(value - expected) < 1e-12)
    }
    #expect(StateLayout([.jointAngles(count: 4)], widestGripper: 0).numbers(of: felt) == nil)
  }
}
