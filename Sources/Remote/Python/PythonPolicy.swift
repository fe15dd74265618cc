import EnvironmentInterface
import Foundation

/// How a Python policy is started.
public struct PythonSettings: Hashable, Sendable {
  /// The interpreter: a path or a command on PATH.
  public var python = "python3"
  /// What the class or function is called with, as a JSON object.
  public var arguments = "{}"
  /// How long loading the policy may take [s].
  public var loadingTimeout = 600.0
  /// How long one answer may take [s], for each observation of a batch.
  public var timeout = 60.0

  public init() {}
}

/// A policy in Python: an object with `act(observation)`, run by the user's own interpreter in a process of its own.
///
/// A worker that dies is started again and asked once more; if its object had seen earlier steps of an episode, that
/// episode ends as `PolicyError.interrupted`. Whatever the user's code raises is the error of the episode it was for.
public final class PythonPolicy: Policy {
  public let name: String
  public let needs: ObservationNeeds
  /// 1 where the object remembers one episode at a time: it has `reset`, but no `act_batch`.
  public let episodesAtOnce: Int
  /// Versions of Python and NumPy, for `run.json`.
  public let facts: [String: String]

  private let policy: PythonPolicyName
  private let settings: PythonSettings
  private var worker: WorkerProcess?
  /// Slots that begin an episode with their next request.
  private var beginning: Set<Int> = []
  private let hasMemory: Bool

  /// Starts the worker and loads the policy.
  ///
  /// - Throws: `RemoteError` where the interpreter does not start or the user's code raises.
  public init(_ policy: PythonPolicyName, name: String, settings: PythonSettings)
    throws(RemoteError)
  {
    self.policy = policy
    self.name = name
    self.settings = settings
    let (worker, greeting) = try Self.start(policy, settings)
    self.worker = worker
    needs = try Self.needs(greeting.needs, of: policy)
    episodesAtOnce = greeting.sideBySide == false ? 1 : .max
    hasMemory = greeting.hasReset ?? true
    facts = ["python": greeting.python ?? "unknown", "numpy": greeting.numpy ?? "none"]
  }

  public func begin(slot: Int, episode: EpisodeBriefing) { beginning.insert(slot) }

  public func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    let begins = requests.map { beginning.contains($0.slot) }
    defer { beginning.subtract(requests.map(\.slot)) }
    do {
      return try ask(requests, begins: begins)
    } catch let error where error.isLoss {
      worker = nil
      // An object with a memory has lost what it saw of episodes that are under way.
      let interrupted = zip(requests, begins).map { hasMemory && !$1 && $0.observation.step > 0 }
      guard interrupted.contains(true) else { return try ask(requests, begins: begins) }
      let remaining = zip(zip(requests, begins), interrupted).filter { !$1 }.map(\.0)
      var answers = try ask(remaining.map(\.0), begins: remaining.map(\.1))[...]
      return interrupted.map {
        $0 ? .failure(.interrupted(String(describing: error))) : answers.removeFirst()
      }
    } catch {
      // What it still computes or sends belongs to this question: the next one asks a new process.
      worker = nil
      throw error
    }
  }

  // MARK: - Asking

  private func ask(_ requests: [PolicyRequest], begins: [Bool]) throws(RemoteError)
    -> [Result<ActionChunk, PolicyError>]
  {
    if requests.isEmpty { return [] }
    let worker = try running()
    let timeout = settings.timeout * Double(requests.count)
    let deadline = Deadline(seconds: timeout)
    var pictures: [[UInt8]] = []
    var offset = 0
    let questions = zip(requests, begins).map { request, begins in
      let images = needs.cameras.compactMap { name in
        request.observation.images[name].map { (name: name, image: $0) }
      }
      pictures += images.map(\.image.pixels)
      let question = WorkerRequest(request, begins: begins, images: images, offset: offset)
      offset += images.reduce(0) { $0 + $1.image.pixels.count }
      return question
    }
    let text: Data
    do { text = try JSONEncoder().encode(["requests": questions]) } catch {
      throw .malformed(policy.text, reason: "an observation cannot be written: \(error)")
    }
    try worker.send(text: [UInt8](text), data: pictures, before: deadline)
    let reply = try worker.receive(before: deadline, timeout: timeout)
    return try answers(in: reply, count: requests.count)
  }

  private func answers(in reply: (text: [UInt8], data: [UInt8]), count: Int) throws(RemoteError)
    -> [Result<ActionChunk, PolicyError>]
  {
    guard
      let answers = try? JSONDecoder().decode(WorkerAnswers.self, from: Data(reply.text)).answers,
      answers.count == count
    else { throw .malformed(policy.text, reason: "the reply is not what its worker writes") }
    var data = reply.data[...]
    return answers.map { answer in
      guard let shape = answer.shape else {
        return .failure(.failed("\(policy.text) raised\n\(answer.error ?? "")"))
      }
      let size = shape.reduce(8) {
        $0.multipliedReportingOverflow(by: Swift.max($1, 0)).partialValue
      }
      guard size <= data.count else {
        return .failure(.failed("\(policy.text): the reply ends before its numbers do"))
      }
      let numbers = [Double](littleEndianBytes: data.prefix(size))
      data = data.dropFirst(size)
      return Result { () throws(PolicyError) in try ActionChunk(shape: shape, numbers: numbers) }
    }
  }

  // MARK: - The worker

  private func running() throws(RemoteError) -> WorkerProcess {
    if let worker { return worker }
    let (worker, _) = try Self.start(policy, settings)
    self.worker = worker
    return worker
  }

  private static func start(_ policy: PythonPolicyName, _ settings: PythonSettings)
    throws(RemoteError) -> (WorkerProcess, WorkerGreeting)
  {
    let worker = try WorkerProcess(
      python: settings.python, policy: policy.text, arguments: settings.arguments)
    let reply = try worker.receive(
      before: Deadline(seconds: settings.loadingTimeout), timeout: settings.loadingTimeout)
    guard let greeting = try? JSONDecoder().decode(WorkerGreeting.self, from: Data(reply.text))
    else { throw .malformed(policy.text, reason: "the greeting is not what its worker writes") }
    guard greeting.ready else {
      throw .loadFailed(policy.text, trace: greeting.error ?? "")
    }
    return (worker, greeting)
  }

  private static func needs(_ names: [String]?, of policy: PythonPolicyName)
    throws(RemoteError) -> ObservationNeeds
  {
    guard let names else { return [.image, .instruction, .proprioception] }
    var parts: [ObservationNeeds.Part] = []
    for name in names {
      switch name {
      case "image": parts.append(.image)
      case "instruction": parts.append(.instruction)
      case "proprioception": parts.append(.proprioception)
      case let camera where camera.hasPrefix("image:"):
        parts.append(.camera(String(camera.dropFirst("image:".count))))
      default:
        throw .badName(
          policy.text,
          reason: "its needs hold \"\(name)\"; there are image, image:CAMERA, instruction and "
            + "proprioception")
      }
    }
    return ObservationNeeds(parts)
  }
}
