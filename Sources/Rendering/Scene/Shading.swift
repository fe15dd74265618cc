/// How the light of a scene falls.
public enum Shading: String, Hashable, Sendable, Codable, CaseIterable {
  /// Crisp shadows of the lamp; the sky lights everything alike.
  case plain
  /// Shadows have a penumbra, and what stands nearby keeps the sky's light away, so that things sit on the table
  /// rather than float over it.
  case soft
}
