import EnvironmentInterface
import Foundation

/// A policy behind a server, in whichever dialect.
///
/// Questions go out over several connections at once and their answers are gathered after, so that the server is kept
/// busy. A lost connection is opened again and the question asked once more; an episode of which the server knew
/// more than the question ends as `PolicyError.interrupted`.
public final class RemotePolicy: Policy {
  public let name: String
  public let needs: ObservationNeeds
  public let interface: Interface
  /// What is spoken, to whom, by which adapter, and what the server says of itself, for `run.json`.
  public let facts: [String: String]

  private let address: RemoteAddress
  private let dialect: Dialect
  private let adapter: Adapter
  private let adaptation: ActionAdaptation
  private let settings: RemoteSettings
  private var sessions: [(any RemoteSession)?]
  private var briefings: [Int: EpisodeBriefing] = [:]
  private let greeting: WireValue
  private var recorder: TrafficRecorder?
  /// The opaque ids of the episodes under way, by slot, for the recorder.
  private var episodes: [Int: String] = [:]

  /// Connects to the server, waiting for it as long as the settings' patience lasts.
  ///
  /// - Parameter cameras: the cameras of the set-ups that it shall act in.
  /// - Throws: `RemoteError` where the server cannot be reached, refuses, or answers what is not adapted.
  public init(
    name: String, address: RemoteAddress, dialect: Dialect, adapter: Adapter,
    cameras: Set<String>, settings: RemoteSettings
  ) throws(RemoteError) {
    guard dialect.transports.contains(address.transport) else {
      let schemes = dialect.transports.map { "\($0.rawValue)://" }.joined(separator: " or ")
      throw .badName(address.text, reason: "\(dialect.rawValue) is spoken over \(schemes)")
    }
    adaptation = try adapter.adaptation(for: name)
    self.name = name
    self.address = address
    self.dialect = dialect
    self.adapter = adapter
    self.settings = settings
    needs = adapter.needs(cameras: cameras)
    interface = adapter.interface(cameras: cameras)
    let count = dialect.hasOneEpisodeAtATime ? 1 : max(1, settings.connections)
    sessions = Array(repeating: nil, count: count)
    let first = try Connector(address: address, dialect: dialect, settings: settings).open()
    sessions[0] = first
    greeting = first.greeting
    var facts = adapter.facts(cameras: cameras, greeting: greeting)
    facts["address"] = address.text
    facts["dialect"] = dialect.rawValue
    self.facts = facts
  }

  /// Writes all questions and their answers from now on.
  ///
  /// - Throws: as `TrafficRecorder` does where the file cannot be begun or gone on with.
  public func record(to path: String) throws -> TrafficRecorder {
    let recorder = try TrafficRecorder(
      to: path, header: TrafficHeader(dialect: dialect, adapter: adapter, greeting: greeting))
    self.recorder = recorder
    return recorder
  }

  public var episodesAtOnce: Int { dialect.tellsEpisodes ? sessions.count : .max }

  public func begin(slot: Int, episode: EpisodeBriefing) {
    briefings[slot] = episode
    episodes[slot] = episode.id
    recorder?.begin(episode.id)
  }

  public func end(slot: Int, outcome: Outcome) {
    if dialect.tellsEpisodes { sessions[slot % sessions.count]?.end(outcome) }
    briefings[slot] = nil
    episodes[slot] = nil
  }

  public func chunks(for requests: [PolicyRequest]) throws -> [Result<ActionChunk, PolicyError>] {
    var answers: [Result<ActionChunk, PolicyError>] = []
    for start in stride(from: 0, to: requests.count, by: sessions.count) {
      answers += wave(requests[start..<min(start + sessions.count, requests.count)])
    }
    return answers
  }

  // MARK: - Asking

  /// At most one question a connection: all are asked before any is waited for.
  private func wave(_ requests: ArraySlice<PolicyRequest>) -> [Result<ActionChunk, PolicyError>] {
    let questions = requests.enumerated().map { offset, request in
      let lane = dialect.tellsEpisodes ? request.slot % sessions.count : offset
      return Question(
        request: request, lane: lane,
        observation: Result { () throws(PolicyError) in
          try adapter.inputs.value(in: request.observation)
        })
    }
    let sent = questions.map { question in Result { () throws(RemoteError) in try ask(question) } }
    return zip(questions, sent).map { question, sent in
      guard case .success = question.observation else {
        return question.observation.flatMap { _ in .failure(.emptyChunk) }
      }
      do throws(RemoteError) {
        try sent.get()
        return decoded(try answer(to: question), to: question)
      } catch {
        sessions[question.lane] = nil
        return retried(question, after: error)
      }
    }
  }

  private struct Question {
    var request: PolicyRequest
    var lane: Int
    var observation: Result<WireValue, PolicyError>
  }

  private func ask(_ question: Question) throws(RemoteError) {
    guard case .success(let observation) = question.observation else { return }
    let session = try session(question.lane)
    let deadline = Deadline(seconds: settings.timeout)
    if dialect.tellsEpisodes, let episode = briefings.removeValue(forKey: question.request.slot) {
      try session.begin(episode, before: deadline)
      begun[question.request.slot] = episode
    }
    try session.ask(observation, before: deadline)
  }

  /// Episodes that the server was told of, by slot.
  private var begun: [Int: EpisodeBriefing] = [:]

  private func answer(to question: Question) throws(RemoteError) -> WireValue {
    try session(question.lane).answer(
      before: Deadline(seconds: settings.timeout), timeout: settings.timeout)
  }

  private func decoded(_ answer: WireValue, to question: Question)
    -> Result<ActionChunk, PolicyError>
  {
    record(.value(answer), to: question)
    return Result { () throws(PolicyError) in
      try adapter.output.chunk(of: answer, by: adaptation)
    }
  }

  private func failed(_ error: RemoteError, at question: Question)
    -> Result<ActionChunk, PolicyError>
  {
    record(.failure(error.description), to: question)
    return .failure(.failed(error.description))
  }

  private func record(_ answer: TrafficRecording.Answer, to question: Question) {
    guard let recorder, case .success(let observation) = question.observation else { return }
    recorder.record(
      TrafficQuestion(observation), in: episodes[question.request.slot], answer)
  }

  /// Asks once more over a new connection where the old one was lost.
  private func retried(_ question: Question, after error: RemoteError)
    -> Result<ActionChunk, PolicyError>
  {
    guard error.isLoss else { return failed(error, at: question) }
    if dialect.tellsEpisodes {
      guard question.request.observation.step == 0 else {
        return .failure(.interrupted(error.description))
      }
      briefings[question.request.slot] = begun[question.request.slot]
    }
    do throws(RemoteError) {
      try ask(question)
      return decoded(try answer(to: question), to: question)
    } catch {
      sessions[question.lane] = nil
      return failed(error, at: question)
    }
  }

  private func session(_ lane: Int) throws(RemoteError) -> any RemoteSession {
    if let session = sessions[lane] { return session }
    let session = try Connector(address: address, dialect: dialect, settings: settings).open()
    sessions[lane] = session
    return session
  }
}
