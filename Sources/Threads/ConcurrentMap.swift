import Synchronization

/// The transform of each element, in order, computed on all cores; the first error in order is thrown.
public func concurrentMap<Element: Sendable, Output: Sendable, Failure: Error>(
  _ elements: [Element], _ transform: @Sendable (Element) throws(Failure) -> Output
) throws(Failure) -> [Output] {
  let results = Mutex([Result<Output, Failure>?](repeating: nil, count: elements.count))
  concurrently(elements.count) { index in
    let result = Result { () throws(Failure) in try transform(elements[index]) }
    results.withLock { $0[index] = result }
  }
  return try results.withLock { $0 }.compactMap(\.self).map { result throws(Failure) in
    try result.get()
  }
}
