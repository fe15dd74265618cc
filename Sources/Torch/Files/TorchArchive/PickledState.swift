/// The tensors that the pickle of a `torch.save`d state dictionary describes.
///
/// A pickle is a program for a stack machine (Python's `pickletools`), and one from a stranger may call anything.
/// This reader knows the opcodes that a state dictionary needs and three names to call: `OrderedDict`,
/// `_rebuild_tensor_v2` and `_rebuild_parameter`. Everything else is refused; nothing is ever run.
struct PickledState {
  /// A tensor as the pickle gives it: a view of a storage, counted in elements.
  struct Entry {
    var dtype: DType
    /// The storage's file under `data/`.
    var storage: String
    var offset: Int
    var shape: [Int]
    var strides: [Int]
  }

  private(set) var entries: [String: Entry] = [:]

  init(_ bytes: UnsafeRawBufferPointer) throws(TorchError) {
    var machine = PickleMachine(bytes)
    let result = try machine.run()
    guard case .object(let index) = result, case .dictionary(let pairs) = machine.objects[index]
    else { throw TorchError("pickle: holds no dictionary of tensors") }
    for (key, value) in pairs {
      guard case .text(let name) = key else {
        throw TorchError("pickle: a key of the dictionary is no text")
      }
      guard case .object(let index) = value, case .tensor(let entry) = machine.objects[index] else {
        throw TorchError("pickle: \(name) is no tensor; save the module's state_dict alone")
      }
      guard entries.updateValue(entry, forKey: name) == nil else {
        throw TorchError("pickle: the key \(name) appears twice")
      }
    }
  }
}
