internal import CTorch

/// What a CUDA device was asked to do once, to be done again as a whole: a CUDA graph.
///
/// It reads and writes the same memory each time. While it is recorded nothing may be copied between device and processor.
public final class RecordedWork {
  private let graph: OpaquePointer

  /// Records what `body` asks of the device.
  ///
  /// - Throws: `TorchError` where there is no CUDA device, or where `body` does what can't be recorded.
  public init(_ body: () throws -> Void) throws {
    guard let graph = ctorch_graph_begin() else {
      try throwRecordedFailure()
      throw TorchError("work can't be recorded")
    }
    let outcome = Result { try body() }
    let hasEnded = ctorch_graph_end(graph)
    guard case .success = outcome, hasEnded else {
      ctorch_graph_free(graph)
      try outcome.get()
      try throwRecordedFailure()
      throw TorchError("recording has failed")
    }
    self.graph = graph
  }

  deinit { ctorch_graph_free(graph) }

  /// Does it again; returns before it is done.
  public func replay() throws {
    guard ctorch_graph_replay(graph) else {
      try throwRecordedFailure()
      throw TorchError("recorded work can't be replayed")
    }
  }
}

/// Waits until a device has done all that it was asked.
public func synchronize(_ device: Device) throws {
  guard ctorch_synchronize(device.raw) else {
    try throwRecordedFailure()
    throw TorchError("\(device) can't be waited for")
  }
}
