/// The model that a world is bound to.
///
/// A class, so that copying a world costs one reference count more. All bindings are equal: what a world is compared by is
/// what changes in it.
final class ModelBinding: Sendable {
  let value: TabletopModel

  init(_ value: TabletopModel) { self.value = value }
}

extension ModelBinding: Hashable {
  static func == (a: ModelBinding, b: ModelBinding) -> Bool { true }
  func hash(into hasher: inout Hasher) {}
}
