/// What a policy makes of its instructions.
public enum InstructionUse: String, Hashable, Sendable, Codable, CaseIterable {
  /// It reads them.
  case read
  /// It was trained on prompts that say nothing of what is asked, and acts under the same: a control, whose rate says what
  /// can be had without reading.
  case none
}
