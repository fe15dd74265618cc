// Products of float32 rows whose result for a row is the same to the bit whatever other rows there are, how many threads run,
// and whichever processor computes it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace ctorch {

/// The instructions that products use: what the processor has, or less, with the same result.
enum class ProductInstructions { best, avx2, portable };
void setProductInstructions(ProductInstructions instructions);

/// Columns of a product that are computed together.
constexpr int64_t panelWidth = 32;

inline int64_t panelCount(int64_t columns) { return (columns + panelWidth - 1) / panelWidth; }

/// `c ← a b`, `a` `[rows, inner]`: each element is one sum over `inner` in order, each term added with one rounding.
///
/// `b` lies in panels of 32 columns, `panelStride` apart, row k of a panel at `k · bStride`; `c`'s rows have room for whole
/// panels.
void multiplyPanels(
    const float *a, int64_t aStride, int64_t rows, const float *b, int64_t bStride,
    int64_t panelStride, int64_t panels, int64_t inner, float *c, int64_t cStride);

/// A linear layer's weight `[outputs, inputs]` in panels, as products read it.
struct PanelWeight {
  int64_t outputs, inputs;
  std::vector<float> values;
  /// Of the tensor that the values are from: a change in place raises it.
  int64_t version = 0;

  /// Of `weight`, row-major.
  PanelWeight(const float *weight, int64_t outputs, int64_t inputs);
};

/// `y ← x · weightᵀ + bias`; `bias` may be NULL. `y` is dense, `[rows, outputs]`.
void multiplyRows(
    const float *x, int64_t rows, const PanelWeight &weight, const float *bias, float *y);

}  // namespace ctorch
