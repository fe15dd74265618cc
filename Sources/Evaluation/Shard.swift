/// One of several machines' shares of a run: whole blocks, number `index` of every `count`.
public struct Shard: Hashable, Sendable {
  /// From 1 to `count`.
  public let index: Int
  public let count: Int

  /// The whole run.
  public static let whole = Shard(uncheckedIndex: 1, of: 1)

  /// More machines than any run has blocks.
  private static let largestCount = 100_000

  private init(uncheckedIndex index: Int, of count: Int) {
    self.index = index
    self.count = count
  }

  /// The shard written `I/N`.
  ///
  /// - Throws: `EvaluationError.badShard` unless 1 ≤ I ≤ N ≤ 100,000.
  public init(_ text: String) throws(EvaluationError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1],
      index >= 1, index <= count, count <= Self.largestCount
    else { throw .badShard(text) }
    self.init(uncheckedIndex: index, of: count)
  }

  /// Whether block number `number` of a plan, from 0, belongs to this shard.
  ///
  /// Neighboring blocks go to different shards, so that the shards of a suite take equally long.
  public func contains(block number: Int) -> Bool { number % count == index - 1 }
}

extension Shard: CustomStringConvertible {
  public var description: String { "\(index)/\(count)" }
}

extension Shard: CodableAsText {}
