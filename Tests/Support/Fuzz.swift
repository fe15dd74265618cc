import Foundation

/// Throws broken files at a reader: how many, and what each may cost.
public enum Fuzz {
  /// A broken file may take so long of its thread's processor time [s], and so much more memory than the whole one [bytes].
  static let longest = 10.0
  static let greatest = 1 << 30

  /// How many broken files a reader gets: few by default; `TRESTLE_FUZZ=20000` gives so many to each.
  public static func count(byDefault few: Int) -> Int {
    ProcessInfo.processInfo.environment["TRESTLE_FUZZ"].flatMap(Int.init) ?? few
  }

  /// Lets a reader read broken files, after it has read the whole one, so that its memory is no part of theirs.
  ///
  /// - Parameters:
  ///   - reader: What is tried, for messages.
  ///   - few: How many broken files there are by default.
  ///   - lanes: How many trials of the reader share them.
  ///   - attempt: Reads broken file number n, and throws where it is refused.
  ///   - fault: What is wrong with a refusal; nil where it says what it should.
  public static func trial(
    of reader: String, byDefault few: Int, among lanes: Int = 1, _ attempt: (Int) throws -> Void,
    judging fault: (any Error) -> String?
  ) -> FuzzTally {
    let before = peakMemory()
    var tally = FuzzTally(reader: reader)
    for number in 0..<(count(byDefault: few) + lanes - 1) / lanes {
      let start = processorTime()
      do {
        try attempt(number)
        tally.read += 1
      } catch {
        tally.refused += 1
        if let fault = fault(error) { tally.add("\(number): \(fault): \(error)") }
      }
      let seconds = processorTime() - start
      tally.slowest = max(tally.slowest, seconds)
      if seconds > longest { tally.add("\(number): took \(seconds) s") }
    }
    tally.memory = max(0, peakMemory() - before)
    if tally.memory > greatest { tally.add("took \(tally.memory) bytes more than the whole file") }
    print("fuzz: \(tally)")
    return tally
  }

  /// The most memory that this process has had so far [bytes].
  public static func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int(usage.ru_maxrss) * 1024
  }

  /// Seconds that this thread has computed: a machine that is busy with other things stretches any other clock.
  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Seconds since an arbitrary moment.
  public static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
}

/// What became of the broken files that a reader got.
public struct FuzzTally: Sendable, CustomStringConvertible {
  public let reader: String
  public fileprivate(set) var read = 0
  public fileprivate(set) var refused = 0
  /// Where the reader did wrong, the first few.
  public private(set) var faults: [String] = []
  /// Seconds that one file took at most.
  fileprivate(set) var slowest = 0.0
  /// Memory above what the whole file took [bytes].
  fileprivate(set) var memory = 0

  public var count: Int { read + refused }

  fileprivate mutating func add(_ fault: String) {
    if faults.count < 8 { faults.append(fault) }
  }

  public var description: String {
    let cost = "at most \(Int(slowest * 1000)) ms each, \(memory >> 20) MB more"
    return "\(reader): \(read) read, \(refused) refused, \(cost)"
      + faults.map { "\n  " + $0 }.joined()
  }
}
