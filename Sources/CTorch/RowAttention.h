// Attention of single rows on float32 matrices in memory, for acting: no weights are kept, and what a row gets is the same to
// the bit whatever other rows there are.
#pragma once

#include <cstdint>

namespace ctorch {

/// Queries, keys, values or outputs of one head of one batch entry: rows of `width` numbers, `stride` apart.
template <typename Element>
struct HeadRows {
  Element *data;
  int64_t stride;
};

/// What the queries of a head may see.
struct Sight {
  int64_t keys;
  /// Whether query i sees only keys 0 ... i.
  bool isCausal = false;
  /// Added to the scores of each query, `[keys]`; may be NULL.
  const float *mask = nullptr;
};

/// `output ← softmax(queries · keysᵀ · scale + mask) · values`.
void attendRows(
    int64_t queries, int64_t width, const Sight &sight, float scale, HeadRows<const float> q,
    HeadRows<const float> k, HeadRows<const float> v, HeadRows<float> output);

}  // namespace ctorch
