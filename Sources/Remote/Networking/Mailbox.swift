import Foundation

/// Messages on their way from a network thread to the thread that waits for them.
///
/// `@unchecked`: every access to the state is under the condition's lock.
final class Mailbox<Message: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var messages: [Message] = []
  private var ending: String?

  /// What a full mailbox does not take: an honest peer answers once per question.
  private static var limit: Int { 64 }

  func post(_ message: Message) {
    condition.withLock {
      if messages.count < Self.limit {
        messages.append(message)
      } else {
        ending = ending ?? "it sent \(Self.limit) messages that nobody asked for"
      }
      condition.broadcast()
    }
  }

  /// No message comes any more, for this reason.
  func close(_ reason: String) {
    condition.withLock {
      ending = ending ?? reason
      condition.broadcast()
    }
  }

  enum Outcome {
    case message(Message)
    case closed(String)
    case late
  }

  func next(before deadline: Deadline) -> Outcome {
    condition.withLock {
      while messages.isEmpty {
        if let ending { return .closed(ending) }
        if deadline.hasPassed { return .late }
        _ = condition.wait(until: Date(timeIntervalSinceNow: Double(deadline.milliseconds) / 1000))
      }
      return .message(messages.removeFirst())
    }
  }
}
