import Torch

/// Keys and values of what a batch of prompts has shown so far, in buffers of constant length.
///
/// Slots `0 ..< promptLength` hold the prompts, padded on the right. By rows, a row's further tokens take the slots after its own
/// last one, so that its numbers do not depend on the padding; else they take the slots after `promptLength`, alike for all
/// rows, and what a row's padding left in its slots is masked away.
final class KeyValueCache {
  let rowCount: Int
  let promptLength: Int
  /// Slots of each row.
  let length: Int
  /// How many tokens have followed the prompts.
  private(set) var followed = 0
  /// The unpadded length of each row's prompt, which is also the position of its next token.
  private let promptLengths: [Int]
  /// Whether rows are treated each alone; the buffers are `[rows, length, heads, d]` then, else `[rows, heads, length, d]`.
  let isByRows: Bool
  private(set) var keys: [Tensor] = []
  private(set) var values: [Tensor] = []

  init(promptLengths: [Int], promptLength: Int, capacity: Int, isByRows: Bool) {
    self.isByRows = isByRows
    rowCount = promptLengths.count
    self.promptLength = promptLength
    self.promptLengths = promptLengths
    length = promptLength + capacity
  }

  /// Keeps the prompts' keys and values of the next layer, `[rows · promptLength, heads, d]`.
  func append(promptKey: Tensor, promptValue: Tensor) {
    func buffer(_ prompt: Tensor) -> Tensor {
      let (heads, width) = (prompt.size(1), prompt.size(2))
      let prompt = prompt.reshaped([rowCount, promptLength, heads, width])
      let shape =
        isByRows ? [rowCount, length, heads, width] : [rowCount, heads, length, width]
      let buffer = Tensor.zeros(shape, dtype: prompt.dtype, device: prompt.device)
      buffer.narrowed(isByRows ? 1 : 2, 0..<promptLength)
        .assign(isByRows ? prompt : prompt.transposed(1, 2))
      return buffer
    }
    keys.append(buffer(promptKey))
    values.append(buffer(promptValue))
  }

  /// Writes one token's keys and values `[rows, heads, 1, d]` and returns the whole buffers.
  func extended(layer: Int, key: Tensor, value: Tensor) -> (key: Tensor, value: Tensor) {
    let slot = promptLength + followed
    guard keys.indices.contains(layer), slot < length else {
      return (.failure("the key-value cache has no room for token \(slot)"), value)
    }
    keys[layer].narrowed(2, slot..<slot + 1).assign(key)
    values[layer].narrowed(2, slot..<slot + 1).assign(value)
    return (keys[layer], values[layer])
  }

  /// The position of each row's next token.
  var nextPositions: [Int] { promptLengths.map { $0 + followed } }

  /// `[rows, 1, 1, length]`: 0 for the slots that the next token may see, itself included, else −∞.
  func mask(dtype: DType, device: Device) -> Tensor {
    var mask = [Float](repeating: -.infinity, count: rowCount * length)
    for (row, prompt) in promptLengths.enumerated() {
      for slot in 0..<prompt { mask[row * length + slot] = 0 }
      for slot in promptLength..<min(length, promptLength + followed + 1) {
        mask[row * length + slot] = 0
      }
    }
    return Tensor(mask, shape: [rowCount, 1, 1, length]).to(dtype).to(device)
  }

  func advance() { followed += 1 }
}

extension LlamaModel {
  /// Runs padded prompts `[rows, promptLength, width]` and fills `cache`.
  ///
  /// Returns the last layer's output at each row's last prompt token, `[rows, width]`.
  func prefill(_ embeddings: Tensor, lengths: [Int], cache: KeyValueCache) -> Tensor {
    let (rows, length) = (cache.rowCount, cache.promptLength)
    guard cache.length <= configuration.maximumLength else { return tooLong(cache.length) }
    let layout = PackedLayout(batch: rows, prefixLength: length)
    let rotation = rotary(layout.positions)
    let last = Tensor(lengths.enumerated().map { $0 * length + $1 - 1 }).to(device)
    var x = embeddings.reshaped([-1, configuration.width])
    for (index, layer) in layers.enumerated() {
      let heads = layer.heads(x, rotation)
      cache.append(promptKey: heads.key, promptValue: heads.value)
      let attended = attention(heads, layout, hasPrefixQueries: true)
      x =
        index < layers.count - 1
        ? layer.finish(x, attended: attended)
        : layer.finish(x.rows(last), attended: attended.rows(last))
    }
    return x
  }

  /// Runs one further token per row, `[rows, width]` embeddings, and returns the last layer's output.
  func decode(_ embeddings: Tensor, cache: KeyValueCache) -> Tensor {
    let rotation = rotary(cache.nextPositions)
    let mask = cache.isByRows ? nil : cache.mask(dtype: dtype, device: device)
    let positions = cache.nextPositions
    var x = embeddings
    for (index, layer) in layers.enumerated() {
      let heads = layer.heads(x, rotation)
      if cache.isByRows {
        let attended = heads.query.cachedAttention(
          key: heads.key, value: heads.value, keyCache: cache.keys[index],
          valueCache: cache.values[index], positions: positions, scale: attentionScale)
        x = layer.finish(x, attended: attended)
      } else {
        let (key, value) = cache.extended(
          layer: index, key: split(heads.key, cache.rowCount),
          value: split(heads.value, cache.rowCount))
        let attended = attention(
          query: split(heads.query, cache.rowCount), key: key, value: value, mask: mask)
        x = layer.finish(x, attended: joined(attended))
      }
    }
    cache.advance()
    return x
  }
}
