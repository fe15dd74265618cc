import EnvironmentInterface

/// A conversation with a policy's server over one connection.
///
/// Questions and answers alternate. After a `RemoteError` the session is done with and a new one is opened.
protocol RemoteSession: AnyObject {
  /// What the server said of itself when the conversation began.
  var greeting: WireValue { get }

  /// An episode begins.
  func begin(_ episode: EpisodeBriefing, before deadline: Deadline) throws(RemoteError)

  /// The episode is over; the server's opinion of that changes nothing.
  func end(_ outcome: Outcome)

  /// Asks what to do; the observation has the keys that the server reads.
  func ask(_ observation: WireValue, before deadline: Deadline) throws(RemoteError)

  /// The answer to the last question: a map of arrays, or an array.
  func answer(before deadline: Deadline, timeout: Double) throws(RemoteError) -> WireValue
}

extension RemoteSession {
  var greeting: WireValue { .map([]) }
  func begin(_ episode: EpisodeBriefing, before deadline: Deadline) throws(RemoteError) {}
  func end(_ outcome: Outcome) {}
}

/// Work of a codec whose failure is the server's.
func reading<Value>(_ name: String, _ work: () throws(CodecError) -> Value) throws(RemoteError)
  -> Value
{
  do { return try work() } catch { throw .malformed(name, reason: error.description) }
}
