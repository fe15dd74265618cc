/// What a number in a file may be, in the unit in which the file writes it.
///
/// Give them names where they are used (`static let fieldOfView = NumberLimits(5...150, "degrees")`), so that an error
/// says the same as the documentation.
public struct NumberLimits: Hashable, Sendable {
  public let range: ClosedRange<Double>
  /// What one is called in a message, such as `m` or `degrees`; empty for a bare number.
  public let unit: String

  public init(_ range: ClosedRange<Double>, _ unit: String = "") {
    self.range = range
    self.unit = unit
  }

  func contains(_ value: Double) -> Bool { range.contains(value) }
}

extension NumberLimits: CustomStringConvertible {
  public var description: String {
    let unit = unit.isEmpty ? "" : " \(unit)"
    return "from \(plain(range.lowerBound)) to \(plain(range.upperBound))\(unit)"
  }
}

/// What a count in a file may be.
public struct CountLimits: Hashable, Sendable {
  public let range: ClosedRange<Int>
  /// What is counted, such as `episodes`; empty for a bare number.
  public let what: String

  public init(_ range: ClosedRange<Int>, _ what: String = "") {
    self.range = range
    self.what = what
  }
}

extension CountLimits: CustomStringConvertible {
  public var description: String {
    "from \(range.lowerBound) to \(range.upperBound)\(what.isEmpty ? "" : " \(what)")"
  }
}

/// A number as one would write it: whole ones without a point.
func plain(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e6 ? String(Int(value)) : "\(value)"
}
