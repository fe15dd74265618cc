/// What a policy's server was asked and answered, kept so that it can be answered again without the server.
///
/// An answer is found by what the question holds. The same question may have had several answers, as from a server
/// that draws at random or remembers: within an episode they come again in their order, the last one from then on.
public struct TrafficRecording: Sendable {
  /// The file, as messages name it.
  public let name: String
  public let header: TrafficHeader
  /// 16 hexadecimal digits over the file.
  public let digest: String
  private let episodes: [String: [Exchange]]
  /// The exchanges of all episodes, and those that belong to none, in the file's order.
  private let all: [TrafficQuestion: [Exchange]]
  private let lines: [Exchange]

  /// A question and what came of it.
  struct Exchange: Sendable {
    /// The line of the file, from 1.
    var line: Int
    /// The episode's opaque id; nil where the client spoke of none.
    var episode: String?
    var question: TrafficQuestion
    var answer: Answer
  }

  enum Answer: Hashable, Sendable {
    case value(WireValue)
    /// Why there was no answer that could be executed.
    case failure(String)
  }

  init(name: String, digest: String, header: TrafficHeader, exchanges: [Exchange]) {
    self.name = name
    self.digest = digest
    self.header = header
    lines = exchanges
    episodes = Dictionary(
      grouping: exchanges.filter { $0.episode != nil }, by: { $0.episode ?? "" })
    all = Dictionary(grouping: exchanges, by: \.question)
  }

  /// How many questions it holds.
  public var count: Int { lines.count }

  /// The answer to a question.
  ///
  /// - Parameters:
  ///   - episode: the opaque id of the episode in which it is asked. One that was not recorded is answered from any
  ///     other in which the same was asked.
  ///   - earlier: how often the same was asked in this episode before.
  /// - Returns: nil where it was never asked.
  func answer(to question: TrafficQuestion, in episode: String?, earlier: Int) -> Answer? {
    let answers = answers(to: question, in: episode)
    return answers.isEmpty ? nil : answers[min(earlier, answers.count - 1)]
  }

  /// All answers to a question in an episode, in their order.
  func answers(to question: TrafficQuestion, in episode: String?) -> [Answer] {
    let own = episode.flatMap { episodes[$0] }?.filter { $0.question == question } ?? []
    if !own.isEmpty { return own.map(\.answer) }
    // Answers of one episode, where there are several.
    let others = all[question] ?? []
    return others.filter { $0.episode == others[0].episode }.map(\.answer)
  }

  /// Which part of a question that was never asked keeps it from being one that was.
  func whyMissing(_ question: TrafficQuestion, in episode: String?) -> String {
    let own = episode.flatMap { episodes[$0] }
    let nearest = (own ?? lines).min {
      question.differences(from: $0.question).count < question.differences(from: $1.question).count
    }
    guard let nearest else { return "\(name) holds no question" }
    let parts = question.differences(from: nearest.question).joined(separator: ", ")
    let known = episode == nil || own != nil ? "" : "nothing of this episode was recorded; "
    return "\(name) does not hold this question: \(known)line \(nearest.line) is the nearest and "
      + "differs in \(parts); record it with --record-traffic"
  }
}

/// What all questions of a recording have in common.
public struct TrafficHeader: Hashable, Sendable {
  public var dialect: Dialect
  /// The name and the text of the adapter that made questions of observations.
  public var adapter: String
  public var adapterText: String
  /// What the server said of itself.
  public var greeting: WireValue

  public init(dialect: Dialect, adapter: Adapter, greeting: WireValue = .map([])) {
    self.dialect = dialect
    self.adapter = adapter.name
    adapterText = adapter.text
    self.greeting = greeting
  }

  /// The header of what a server of ours is asked by others.
  public init(serving policy: String, dialect: Dialect, adapter: Adapter) {
    self.init(
      dialect: dialect, adapter: adapter, greeting: dialect.greeting(ofPolicy: policy))
  }

  init(dialect: Dialect, adapter: String, adapterText: String, greeting: WireValue) {
    self.dialect = dialect
    self.adapter = adapter
    self.adapterText = adapterText
    self.greeting = greeting
  }
}
