import EnvironmentInterface
import Foundation
import RandomNumbers

/// A policy that many clients ask: one thread owns it, and questions that wait are answered as one batch.
///
/// `@unchecked`: the policy is touched on the queue alone, the waiting questions under the lock.
final class ServedPolicy: @unchecked Sendable {
  typealias Answer = @Sendable (Result<ActionChunk, PolicyError>) -> Void

  private struct Question {
    var slot: Int
    /// The instruction of the episode that this question begins.
    var beginning: String?
    var observation: Observation
    var answer: Answer
  }

  private let policy: any Policy
  private let queue = DispatchQueue(label: "policy")
  private let lock = NSLock()
  private var waiting: [Question] = []
  private var decisions = 0

  /// As many questions as a run asks together.
  private static let batch = 32

  init(_ policy: any Policy) { self.policy = policy }

  func end(slot: Int) { queue.async { [self] in policy.end(slot: slot, outcome: .failure) } }

  /// - Parameter begins: whether an episode begins in the slot with this question.
  func ask(slot: Int, begins: Bool, _ observation: Observation, answer: @escaping Answer) {
    lock.withLock {
      waiting.append(
        Question(
          slot: slot, beginning: begins ? observation.instruction ?? "" : nil,
          observation: observation, answer: answer))
    }
    queue.async { [self] in answerWaiting() }
  }

  private func answerWaiting() {
    let batch = lock.withLock {
      let count = min(waiting.count, max(1, min(Self.batch, policy.episodesAtOnce)))
      defer { waiting.removeFirst(count) }
      return Array(waiting.prefix(count))
    }
    if batch.isEmpty { return }
    for question in batch {
      guard let instruction = question.beginning else { continue }
      try? policy.begin(
        slot: question.slot,
        episode: EpisodeBriefing(
          id: "0000000000000000", instruction: instruction, stepLimit: .max, setup: "client"))
    }
    let requests = batch.map { question in
      decisions += 1
      return PolicyRequest(
        slot: question.slot, observation: question.observation,
        randomness: RandomStream(seed: 0).named("served").numbered(decisions))
    }
    let answers: [Result<ActionChunk, PolicyError>]
    do {
      answers = try policy.chunks(for: requests)
    } catch {
      answers = batch.map { _ in .failure(.failed(String(describing: error))) }
    }
    for (question, answer) in zip(batch, answers) { question.answer(answer) }
  }
}
