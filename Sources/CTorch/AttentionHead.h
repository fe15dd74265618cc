// Attention of one head of one batch entry, forward and backward, on float32 matrices in memory.
//
// Queries, keys and values are read where the projections left them: a head is a matrix whose rows
// are `stride` apart. Keys alone are copied, as the columns that they are multiplied as.
#pragma once

#include <algorithm>

#include "HeadProduct.h"
#include "Kernels.h"

namespace ctorch::attention {

// MARK: - Softmax over rows of scores

/// How many keys row `row` of a block of scores sees.
struct Visibility {
  /// Seen by every row.
  int64_t shared;
  /// Rows repeat with this period; row r sees `r % period + 1` more. 0: no more.
  int64_t period;

  int64_t operator()(int64_t row) const { return shared + (period ? row % period + 1 : 0); }
};

/// Rows are `stride` apart; what lies between `columns` and it is of nobody's interest.
CTORCH_VECTORIZED static void softmaxRows(
    float *scores, int64_t rows, int64_t columns, int64_t stride, Visibility visibility) {
  for (int64_t row = 0; row < rows; row++) {
    softmaxRow(scores + row * stride, visibility(row), columns);
  }
}

/// Adds `mask`, `[columns]`, to each row.
CTORCH_VECTORIZED static void addToRows(
    float *scores, int64_t rows, int64_t columns, int64_t stride, const float *mask) {
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t i = 0; i < columns; i++) scores[row * stride + i] += mask[i];
  }
}

CTORCH_VECTORIZED static void softmaxRowsGradient(
    const float *weights, float *gradients, int64_t rows, int64_t columns, int64_t stride,
    float scale) {
  for (int64_t row = 0; row < rows; row++) {
    softmaxRowGradient(weights + row * stride, gradients + row * stride, columns, scale);
  }
}

// MARK: - One head

/// The sequences of one batch entry: a shared prefix of `prefix` tokens, and `segments`
/// continuations of `length` tokens that see the prefix and causally themselves.
struct Layout {
  int64_t batch, prefix, segments, length;
  /// Whether token i of the prefix sees only tokens 0...i.
  bool isCausal;
  /// Whether the prefix's own queries are computed.
  bool hasPrefixQueries;
  float scale;

  int64_t queries() const { return segments * length; }
  int64_t columns() const { return prefix + length; }
  /// Between rows of scores, of the prefix and of continuations: products write whole panels.
  int64_t prefixStride() const { return wholePanels(prefix); }
  int64_t stride() const { return std::max(prefixStride(), prefix + wholePanels(length)); }
  int64_t prefixWeights() const { return hasPrefixQueries ? prefix * prefixStride() : 0; }
  /// Room for the attention weights of one head of one batch entry.
  int64_t weightCount() const { return prefixWeights() + queries() * stride(); }
  int64_t prefixRow(int64_t entry) const { return entry * prefix; }
  int64_t segmentRow(int64_t entry) const { return batch * prefix + entry * queries(); }
  /// The first row of the output that holds continuations.
  int64_t outputRows() const { return (hasPrefixQueries ? batch * prefix : 0) + batch * queries(); }
  int64_t outputSegmentRow(int64_t entry) const {
    return (hasPrefixQueries ? batch * prefix : 0) + entry * queries();
  }
};

/// One head of one batch entry: matrices begin at the first row of all tokens.
inline void attend(
    const Layout &layout, int64_t entry, int64_t width, Input q, Input k, Input v, Output o,
    float *weights) {
  int64_t prefix = layout.prefix, length = layout.length, prefixRow = layout.prefixRow(entry);
  Input prefixV = v.rows(prefixRow);
  Turned prefixK(k.rows(prefixRow), prefix, width, layout.scale, Turned::Slot::prefix);
  if (layout.hasPrefixQueries) {
    Output p{weights, layout.prefixStride()};
    prefixK.multiply(q.rows(prefixRow), prefix, p);
    Visibility visibility = layout.isCausal ? Visibility{0, prefix} : Visibility{prefix, 0};
    softmaxRows(p.data, prefix, prefix, p.stride, visibility);
    multiply(prefix, width, prefix, p, prefixV, o.rows(prefixRow), false);
  }
  if (layout.queries() == 0) return;
  Output p{weights + layout.prefixWeights(), layout.stride()};
  Input ownQ = q.rows(layout.segmentRow(entry)), ownK = k.rows(layout.segmentRow(entry));
  Input ownV = v.rows(layout.segmentRow(entry));
  Output ownO = o.rows(layout.outputSegmentRow(entry));
  // What this writes of the columns behind the prefix is written anew by the next.
  prefixK.multiply(ownQ, layout.queries(), p);
  for (int64_t row = 0; row < layout.queries(); row += length) {
    Turned(ownK.rows(row), length, width, layout.scale, Turned::Slot::continuation)
        .multiply(ownQ.rows(row), length, p.rows(row).columns(prefix));
  }
  softmaxRows(
      p.data, layout.queries(), layout.columns(), p.stride, Visibility{prefix, length});
  multiply(layout.queries(), width, prefix, p, prefixV, ownO, false);
  for (int64_t row = 0; row < layout.queries(); row += length) {
    multiply(
        length, width, length, p.rows(row).columns(prefix), ownV.rows(row), ownO.rows(row), true);
  }
}

/// Adds the gradient of `attend` to `dq`, `dk` and `dv`; `scratch` has `weightCount` elements.
inline void attendBackward(
    const Layout &layout, int64_t entry, int64_t width, Input q, Input k, Input v,
    const float *weights, Input dO, Output dq, Output dk, Output dv, float *scratch) {
  int64_t prefix = layout.prefix, length = layout.length, prefixRow = layout.prefixRow(entry);
  Input prefixK = k.rows(prefixRow);
  Turned prefixV(v.rows(prefixRow), prefix, width, 1, Turned::Slot::prefix);
  Output prefixDK = dk.rows(prefixRow), prefixDV = dv.rows(prefixRow);
  if (layout.hasPrefixQueries) {
    int64_t stride = layout.prefixStride();
    Input p{weights, stride}, prefixDO = dO.rows(prefixRow);
    Output dp{scratch, stride};
    addTurned(prefix, width, prefix, p, prefixDO, prefixDV);
    prefixV.multiply(prefixDO, prefix, dp);
    softmaxRowsGradient(p.data, dp.data, prefix, prefix, stride, layout.scale);
    multiply(prefix, width, prefix, dp, prefixK, dq.rows(prefixRow), true);
    addTurned(prefix, width, prefix, dp, q.rows(prefixRow), prefixDK);
  }
  if (layout.queries() == 0) return;
  int64_t ownRow = layout.segmentRow(entry), queries = layout.queries();
  Input p{weights + layout.prefixWeights(), layout.stride()};
  Output dp{scratch + layout.prefixWeights(), layout.stride()};
  Input ownQ = q.rows(ownRow), ownK = k.rows(ownRow), ownV = v.rows(ownRow);
  Input ownDO = dO.rows(layout.outputSegmentRow(entry));
  Output ownDQ = dq.rows(ownRow), ownDK = dk.rows(ownRow), ownDV = dv.rows(ownRow);
  addTurned(prefix, width, queries, p, ownDO, prefixDV);
  prefixV.multiply(ownDO, queries, dp);
  for (int64_t row = 0; row < queries; row += length) {
    Input ownP = p.rows(row).columns(prefix), rowDO = ownDO.rows(row);
    addTurned(length, width, length, ownP, rowDO, ownDV.rows(row));
    Turned(ownV.rows(row), length, width, 1, Turned::Slot::continuation)
        .multiply(rowDO, length, dp.rows(row).columns(prefix));
  }
  softmaxRowsGradient(
      p.data, dp.data, queries, layout.columns(), layout.stride(), layout.scale);
  multiply(queries, width, prefix, dp, prefixK, ownDQ, true);
  addTurned(prefix, width, queries, dp, ownQ, prefixDK);
  for (int64_t row = 0; row < queries; row += length) {
    Input ownDP = dp.rows(row).columns(prefix);
    multiply(length, width, length, ownDP, ownK.rows(row), ownDQ.rows(row), true);
    addTurned(length, width, length, ownDP, ownQ.rows(row), ownDK.rows(row));
  }
}

}  // namespace ctorch::attention
