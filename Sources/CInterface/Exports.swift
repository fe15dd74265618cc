// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CTrestle

// The functions of trestle.h, which says what they do. The compiler holds each against its declaration there.

@c @implementation
public func trestle_interface_version() -> Int32 { TRESTLE_INTERFACE }

@c @implementation
public func trestle_last_error(
  _ text: UnsafeMutablePointer<CChar>?, _ capacity: Int64, _ length: UnsafeMutablePointer<Int64>?
) -> trestle_status {
  // Not by `call`, which would put another sentence in the place of the one that is asked for.
  do {
    try write(LastError.text, to: text, capacity, length)
    return TRESTLE_OK
  } catch {
    return status(of: error)
  }
}

@c @implementation
public func trestle_open(
  _ root: UnsafePointer<CChar>?, _ contexts: Int32,
  _ simulator: UnsafeMutablePointer<trestle_handle>?
) -> trestle_status {
  call {
    let simulator = try given(simulator, "simulator")
    guard (0...64).contains(contexts) else {
      throw CallError.badArgument("contexts is 0 to 64, not \(contexts)")
    }
    simulator.pointee = Handles.shared.add(
      .simulator(try Simulator(root: text(root, "root"), contexts: Int(contexts))))
  }
}

@c @implementation
public func trestle_catalog(
  _ simulator: trestle_handle, _ text: UnsafeMutablePointer<CChar>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> trestle_status {
  call { try write(Handles.shared.simulator(simulator).catalog(), to: text, capacity, length) }
}

@c @implementation
public func trestle_make(
  _ simulator: trestle_handle, _ setup: UnsafePointer<CChar>?, _ slots: Int32,
  _ batch: UnsafeMutablePointer<trestle_handle>?
) -> trestle_status {
  call {
    let batch = try given(batch, "batch")
    batch.pointee = Handles.shared.add(
      .batch(
        try Batch(
          of: Handles.shared.simulator(simulator), setup: text(setup, "setup"), slots: Int(slots))))
  }
}

@c @implementation
public func trestle_close(_ handle: trestle_handle) -> trestle_status {
  call { try Handles.shared.remove(handle) }
}

// MARK: - Episodes

@c @implementation
public func trestle_reset(
  _ batch: trestle_handle, _ slot: Int32, _ episode: UnsafePointer<CChar>?
) -> trestle_status {
  call { try Handles.shared.batch(batch).reset(slot: Int(slot), to: text(episode, "episode")) }
}

@c @implementation
public func trestle_episode(
  _ batch: trestle_handle, _ slot: Int32, _ text: UnsafeMutablePointer<CChar>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> trestle_status {
  call { try write(Handles.shared.batch(batch).facts(slot: Int(slot)), to: text, capacity, length) }
}

@c @implementation
public func trestle_record(
  _ batch: trestle_handle, _ slot: Int32, _ text: UnsafeMutablePointer<CChar>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> trestle_status {
  call {
    try write(Handles.shared.batch(batch).record(slot: Int(slot)), to: text, capacity, length)
  }
}

// MARK: - Steps and observations

@c @implementation
public func trestle_step(
  _ batch: trestle_handle, _ which: UnsafePointer<UInt8>?, _ actions: UnsafePointer<Double>?,
  _ count: Int64, _ outcomes: UnsafeMutablePointer<trestle_outcome>?, _ outcomeCount: Int64
) -> trestle_status {
  call {
    let batch = try Handles.shared.batch(batch)
    let actions = try given(actions, "actions")
    let outcomes = try given(outcomes, "outcomes")
    try check(count, is: batch.count * Int(TRESTLE_ACTION_COUNT), "actions")
    try check(outcomeCount, is: batch.count, "outcomes")
    try batch.step(
      Slots(which, count: batch.count),
      applying: UnsafeBufferPointer(start: actions, count: Int(count)),
      outcomes: UnsafeMutableBufferPointer(start: outcomes, count: Int(outcomeCount)))
  }
}

@c @implementation
public func trestle_render(
  _ batch: trestle_handle, _ which: UnsafePointer<UInt8>?, _ camera: UnsafePointer<CChar>?,
  _ pixels: UnsafeMutablePointer<UInt8>?, _ size: Int64
) -> trestle_status {
  call {
    let batch = try Handles.shared.batch(batch)
    let pixels = try given(pixels, "pixels")
    let name = try text(camera, "camera")
    guard let camera = batch.setup.cameras.first(where: { $0.name == name }) else {
      let known = batch.setup.cameras.map(\.name).joined(separator: ", ")
      throw CallError.badArgument("the set-up has no camera '\(name)'; there are \(known)")
    }
    try check(size, is: batch.count * camera.height * camera.width * 3, "pixels")
    try batch.render(
      Slots(which, count: batch.count), camera: camera,
      into: UnsafeMutableBufferPointer(start: pixels, count: Int(size)))
  }
}

@c @implementation
public func trestle_state(
  _ batch: trestle_handle, _ which: UnsafePointer<UInt8>?, _ numbers: UnsafeMutablePointer<Double>?,
  _ count: Int64
) -> trestle_status {
  call {
    let batch = try Handles.shared.batch(batch)
    let numbers = try given(numbers, "numbers")
    try check(count, is: batch.count * (batch.setup.interface.state?.count ?? 0), "numbers")
    try batch.state(
      Slots(which, count: batch.count),
      into: UnsafeMutableBufferPointer(start: numbers, count: Int(count)))
  }
}

@c @implementation
public func trestle_expert(
  _ batch: trestle_handle, _ which: UnsafePointer<UInt8>?, _ actions: UnsafeMutablePointer<Double>?,
  _ count: Int64
) -> trestle_status {
  call {
    let batch = try Handles.shared.batch(batch)
    let actions = try given(actions, "actions")
    try check(count, is: batch.count * Int(TRESTLE_ACTION_COUNT), "actions")
    try batch.expert(
      Slots(which, count: batch.count),
      into: UnsafeMutableBufferPointer(start: actions, count: Int(count)))
  }
}
