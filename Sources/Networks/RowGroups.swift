import Torch

/// `count` rows as neighbouring groups of `size` at most, as many as keep all threads busy and as even as can be.
///
/// For operations that treat each row alone, so that groups change no result.
func evenGroups(of count: Int, atMost size: Int) -> [Range<Int>] {
  guard count > 0 else { return [] }
  let threads = threadCount
  let needed = (count + size - 1) / size
  let groups = min(count, (needed + threads - 1) / threads * threads)
  return (0..<groups).map { $0 * count / groups..<($0 + 1) * count / groups }
}
