import Foundation

/// How long the tests throw broken files at the readers, and what a broken file may cost.
public enum Fuzz {
  /// How many broken files a test makes: few by default; `TRESTLE_FUZZ=200000` makes so many over all tests together.
  ///
  /// - Parameters:
  ///   - share: This test's part of all, in hundredths.
  public static func count(share: Int, byDefault few: Int) -> Int {
    let all = ProcessInfo.processInfo.environment["TRESTLE_FUZZ"].flatMap { Int($0) }
    return all.map { max(few, $0 * share / 100) } ?? few
  }

  /// The most memory that this process has had so far [bytes].
  public static func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int(usage.ru_maxrss) * 1024
  }

  /// Seconds since an arbitrary moment, for limits.
  public static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

  /// A broken file may take this long [s] and so much more memory than the whole one [bytes].
  public static let longest = 10.0
  public static let greatest = 1 << 30
}
