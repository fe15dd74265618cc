/// What goes to and fro between a robot and a policy: images, state, actions, and how often.
///
/// A set-up declares what it shows and takes, a policy what it reads and answers; `differences(ofPolicy:from:)`
/// compares the two before the first episode. Where a policy does not care it says nothing (nil).
public struct Interface: Hashable, Sendable, Codable {
  /// Whose it is: the name of a set-up or of a policy.
  public var name: String
  /// The cameras that are shown, or read in this order.
  public var cameras: [CameraInterface]
  /// The robot's state as numbers, in order; nil where a policy reads none.
  public var state: StateLayout?
  public var action: ActionLayout
  /// Control steps in a second [Hz]; nil where a policy does not say what it was trained at.
  public var controlRate: Double?
  /// How many actions one answer holds; nil where it does not matter: a set-up executes any chunk.
  public var chunkLength: Int?

  public init(
    name: String, cameras: [CameraInterface], state: StateLayout?, action: ActionLayout,
    controlRate: Double?, chunkLength: Int? = nil
  ) {
    self.name = name
    self.cameras = cameras
    self.state = state
    self.action = action
    self.controlRate = controlRate
    self.chunkLength = chunkLength
  }

  /// What a policy reads by its needs, in any size and at any rate, answering `Action`'s seven numbers.
  public init(of policy: some Policy) {
    self.init(
      name: policy.name, cameras: policy.needs.cameras.map { CameraInterface(name: $0) },
      state: nil, action: .endEffectorDelta, controlRate: nil)
  }
}

/// A camera as a set-up shows it or a policy reads it.
public struct CameraInterface: Hashable, Sendable, Codable {
  public var name: String
  /// In pixels; nil where a policy resizes whatever comes.
  public var height: Int?
  public var width: Int?

  public init(name: String, height: Int? = nil, width: Int? = nil) {
    self.name = name
    self.height = height
    self.width = width
  }
}
