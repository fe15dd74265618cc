/// McNemar's tests that gains and losses are equally likely, given how many pairs differ.
extension PairedCounts {
  /// The two-sided mid-p value: tables as extreme as the observed one count by half.
  ///
  /// Preferred to the exact test, which is conservative (Fagerland, Lydersen and Laake 2013, BMC
  /// Medical Research Methodology 13:91). 1 when no pair differs.
  public var midMcNemarP: Double {
    if discordant == 0 { return 1 }
    if gained == lost { return 1 - differences.mass(gained) / 2 }
    return 2 * differences.cumulative(min(gained, lost)) - differences.mass(min(gained, lost))
  }

  /// The one-sided mid-p value against "the candidate is no worse": P(losses > those seen) and half of
  /// P(losses = those seen); 1 when no pair differs, since nothing is no evidence.
  public var harmMidP: Double {
    if discordant == 0 { return 1 }
    return differences.cumulative(gained) - differences.mass(gained) / 2
  }

  /// Gains among the differing pairs when nothing has changed.
  private var differences: BinomialDistribution {
    BinomialDistribution(trials: discordant, probability: 0.5)
  }
}
