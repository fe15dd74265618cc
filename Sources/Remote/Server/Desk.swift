import EnvironmentInterface
import Foundation
import NIOConcurrencyHelpers
import NIOHTTP1

/// Where questions in a client's form are taken and answered in that form.
struct Desk: Sendable {
  let served: ServedPolicy
  /// What the policy is called.
  let name: String
  let adapter: Adapter
  let settings: ServerSettings

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

  /// Whether a request carries the token that is asked for.
  func admits(_ head: HTTPRequestHead) -> Bool {
    guard let token = settings.token else { return true }
    return head.headers["Authorization"].contains { field in
      ["Bearer \(token)", "Api-Key \(token)"].contains { isEqual($0, field) }
    }
  }

  /// Compares in a time that does not tell where two texts differ.
  private func isEqual(_ a: String, _ b: String) -> Bool {
    guard a.utf8.count == b.utf8.count else { return false }
    return zip(a.utf8, b.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// Answers a question; the reply is called once, from the policy's thread or at once.
  func ask(
    slot: Int, begins: Bool, _ question: WireValue,
    reply: @escaping @Sendable (Result<NumericArray, PolicyError>) -> Void
  ) {
    do throws(PolicyError) {
      let observation = try adapter.observation(in: question)
      Self.underWay.withLockedValue { $0 += 1 }
      let adapter = adapter
      served.ask(slot: slot, begins: begins, observation) { answer in
        reply(
          answer.flatMap { chunk in
            Result { () throws(PolicyError) in
              do throws(CodecError) {
                return try adapter.numbers(of: chunk)
              } catch {
                throw .failed(error.description)
              }
            }
          })
        Self.underWay.withLockedValue { $0 -= 1 }
      }
    } catch {
      reply(.failure(error))
    }
  }
}
