/// Gathers what several files have to complain of, so that one error says all of it.
///
/// ```swift
/// var gatherer = ComplaintGatherer()
/// let plates = try names.compactMap { name in try gatherer.attempt { try plate(name) } }
/// try gatherer.check()
/// ```
public struct ComplaintGatherer {
  private var complaints: [YAMLComplaint] = []

  public init() {}

  /// What the work makes; nil where it throws a `YAMLError`, whose complaints are kept.
  ///
  /// - Throws: whatever else the work throws.
  public mutating func attempt<Result>(_ work: () throws -> Result) throws -> Result? {
    do {
      return try work()
    } catch let error as YAMLError {
      complaints += error.complaints
      return nil
    }
  }

  /// - Throws: `YAMLError` with everything that was gathered, if anything.
  public func check() throws {
    if let error = YAMLError(complaints) { throw error }
  }
}
