import EnvironmentInterface

/// A policy that answers as a server did, out of a recording of its traffic.
///
/// The adapter is the recorded one, so observations become the questions that they were then. A question that is not in
/// the recording is that episode's error.
public final class RecordedPolicy: Policy {
  public let name: String
  public let needs: ObservationNeeds
  public let interface: Interface
  /// What was spoken, by which adapter, and what the server said of itself, for `run.json`.
  public let facts: [String: String]

  private let recording: TrafficRecording
  private let adapter: Adapter
  private let adaptation: ActionAdaptation
  private var episodes: [Int: String] = [:]
  /// How often each question was asked in the episode of a slot.
  private var asked: [Int: [TrafficQuestion: Int]] = [:]

  /// - Parameter cameras: the cameras of the set-ups that it shall act in.
  /// - Throws: `YAMLError` where the recorded adapter cannot be read, `RemoteError.unfit` where no set-up takes what it
  ///   answers.
  public init(name: String, _ recording: TrafficRecording, cameras: Set<String>) throws {
    let header = recording.header
    let adapter = try Adapter(text: header.adapterText, named: header.adapter)
    self.name = name
    self.recording = recording
    self.adapter = adapter
    adaptation = try adapter.adaptation(for: name)
    needs = adapter.needs(cameras: cameras)
    interface = adapter.interface(cameras: cameras)
    var facts = adapter.facts(cameras: cameras, greeting: header.greeting)
    facts["dialect"] = header.dialect.rawValue
    facts["traffic"] = recording.name
    self.facts = facts
  }

  public func begin(slot: Int, episode: EpisodeBriefing) {
    episodes[slot] = episode.id
    asked[slot] = [:]
  }

  public func end(slot: Int, outcome: Outcome) {
    episodes[slot] = nil
    asked[slot] = nil
  }

  public func chunks(for requests: [PolicyRequest]) -> [Result<ActionChunk, PolicyError>] {
    requests.map { request in
      Result { () throws(PolicyError) in
        let question = TrafficQuestion(try adapter.inputs.value(in: request.observation))
        let episode = episodes[request.slot]
        let earlier = asked[request.slot, default: [:]][question, default: 0]
        switch recording.answer(to: question, in: episode, earlier: earlier) {
        case .value(let answer):
          asked[request.slot, default: [:]][question] = earlier + 1
          return try adapter.output.chunk(of: answer, by: adaptation)
        case .failure(let reason): throw .failed(reason)
        case nil: throw .failed(recording.whyMissing(question, in: episode))
        }
      }
    }
  }
}
