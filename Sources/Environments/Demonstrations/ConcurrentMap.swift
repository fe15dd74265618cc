import Synchronization
import Threads

/// The transform of each element, in order, computed on all cores; the first error in order is thrown.
func concurrentMap<Element: Sendable, Output: Sendable>(
  _ elements: [Element], _ transform: @Sendable (Element) throws -> Output
) throws -> [Output] {
  let results = Mutex([Result<Output, any Error>?](repeating: nil, count: elements.count))
  concurrently(elements.count) { index in
    let result = Result { try transform(elements[index]) }
    results.withLock { $0[index] = result }
  }
  return try results.withLock { $0 }.compactMap(\.self).map { try $0.get() }
}
