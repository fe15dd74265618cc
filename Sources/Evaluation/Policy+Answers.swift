import EnvironmentInterface

extension Policy {
  /// One answer per request: finite actions, or what is wrong with the answer.
  ///
  /// If a call fails as a whole (it throws, or answers another number of chunks), its requests are
  /// asked again one by one. Then only the request at fault is lost, whatever shared its batch.
  func answers(to requests: [PolicyRequest]) -> [Result<[Action], EpisodeError>] {
    if requests.isEmpty { return [] }
    let reason: String
    do {
      let answers = try chunks(for: requests)
      if answers.count == requests.count { return answers.map(Self.checked) }
      reason = "the policy answered \(answers.count) chunks to \(requests.count) requests"
    } catch {
      reason = String(describing: error)
    }
    if requests.count == 1 { return [.failure(EpisodeError(cause: .policy, message: reason))] }
    return requests.flatMap { answers(to: [$0]) }
  }

  private static func checked(_ answer: Result<ActionChunk, PolicyError>)
    -> Result<[Action], EpisodeError>
  {
    switch answer {
    case .failure(let error):
      let isLoss = if case .interrupted = error { true } else { false }
      return .failure(
        EpisodeError(cause: isLoss ? .interrupted : .policy, message: error.description))
    case .success(let chunk):
      for action in chunk.actions {
        if let fault = action.fault {
          return .failure(EpisodeError(cause: .policy, message: fault.description))
        }
      }
      return .success(chunk.actions)
    }
  }
}

extension Action {
  /// Why this action cannot be executed; nil for one that can.
  package var fault: PolicyError? {
    for (index, value) in values.enumerated() where !value.isFinite {
      return .notFinite(index: index, value: value)
    }
    return nil
  }
}
