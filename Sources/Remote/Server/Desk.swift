import EnvironmentInterface
import Foundation
import NIOConcurrencyHelpers

/// Where questions in a client's form are taken and answered in that form.
struct Desk: Sendable {
  /// Who answers.
  enum Answering: Sendable {
    /// A policy, by an adapter that is read backwards.
    case policy(ServedPolicy, Adapter)
    /// What another server answered once; how often each of its questions was asked here.
    case recording(TrafficRecording, asked: NIOLockedValueBox<[TrafficQuestion: Int]>)
  }

  let answering: Answering
  /// What the server says of itself where its dialect lets it.
  let greeting: WireValue
  let settings: ServerSettings
  let rate: RateLimit
  var recorder: TrafficRecorder?

  private static let underWay = NIOLockedValueBox(0)
  private static let slots = NIOLockedValueBox(0)

  static var questionsUnderWay: Int { underWay.withLockedValue { $0 } }

  /// A slot that no other connection has.
  static func newSlot() -> Int {
    slots.withLockedValue {
      $0 += 1
      return $0
    }
  }

  /// The episode in a slot is over.
  func end(slot: Int) {
    if case .policy(let served, _) = answering { served.end(slot: slot) }
  }

  /// Answers a question; the reply is called once, from the policy's thread or at once.
  func ask(
    slot: Int, begins: Bool, _ question: WireValue,
    reply: @escaping @Sendable (Result<WireValue, Refusal>) -> Void
  ) {
    switch answering {
    case .recording(let recording, let asked):
      reply(Self.answer(to: TrafficQuestion(question), in: recording, asked))
    case .policy(let served, let adapter):
      do throws(PolicyError) {
        let observation = try adapter.observation(in: question)
        let asked = recorder.map { _ in TrafficQuestion(question) }
        let recorder = recorder
        Self.underWay.withLockedValue { $0 += 1 }
        served.ask(slot: slot, begins: begins, observation) { chunk in
          let answer = Self.answer(of: chunk, by: adapter)
          if let asked { recorder?.record(asked, in: nil, answer.recorded) }
          reply(answer)
          Self.underWay.withLockedValue { $0 -= 1 }
        }
      } catch {
        reply(.failure(Refusal(description: error.description)))
      }
    }
  }

  private static func answer(of chunk: Result<ActionChunk, PolicyError>, by adapter: Adapter)
    -> Result<WireValue, Refusal>
  {
    do {
      return .success(try adapter.answer(of: try chunk.get()))
    } catch {
      return .failure(Refusal(description: "\(error)"))
    }
  }

  /// The answers that a question had come in turn, and then from the first again, as for another client.
  private static func answer(
    to question: TrafficQuestion, in recording: TrafficRecording,
    _ asked: NIOLockedValueBox<[TrafficQuestion: Int]>
  ) -> Result<WireValue, Refusal> {
    let answers = recording.answers(to: question, in: nil)
    guard !answers.isEmpty else {
      return .failure(Refusal(description: recording.whyMissing(question, in: nil)))
    }
    let earlier = asked.withLockedValue { asked in
      defer { asked[question, default: 0] += 1 }
      return asked[question, default: 0]
    }
    switch answers[earlier % answers.count] {
    case .value(let answer): return .success(answer)
    case .failure(let reason): return .failure(Refusal(description: reason))
    }
  }
}

/// Why a question is not answered, as the client is told.
struct Refusal: Error, Hashable, CustomStringConvertible {
  var description: String
}

extension Result<WireValue, Refusal> {
  fileprivate var recorded: TrafficRecording.Answer {
    switch self {
    case .success(let value): .value(value)
    case .failure(let refusal): .failure(refusal.description)
    }
  }
}
