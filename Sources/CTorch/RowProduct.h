// Products of float32 rows whose result for a row is the same to the bit whatever other rows there are, how many threads run,
// and whichever processor computes it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "PairProduct.h"

namespace ctorch {

/// The instructions that products use: what the processor has, or less, with the same result. `avx512` leaves out those for
/// bfloat16.
enum class ProductInstructions { best, avx512, avx2, portable };
void setProductInstructions(ProductInstructions instructions);

/// Columns of a product that are computed together.
constexpr int64_t panelWidth = 32;

/// Inner elements of a product at a time: a block of a panel, and of some rows, stays in the nearest cache.
constexpr int64_t innerBlock = 256;

inline int64_t panelCount(int64_t columns) { return (columns + panelWidth - 1) / panelWidth; }

/// How a product by panels is taken.
struct PanelProduct {
  /// `a` is turned in memory, `[inner, rows]`: `aStride` lies between neighbours along `inner`.
  bool isTurned = false;
  /// Sums begin with what `c` holds, and not with 0.
  bool adds = false;
};

/// `c ← a b + bias`, `a` `[rows, inner]`: each element is one sum over `inner` in order, each term added with one rounding, the
/// bias last; it may be NULL.
///
/// `b` lies in panels of 32 columns, `panelStride` apart, row k of a panel at `k · bStride`; `c`'s rows and the bias have room for
/// whole panels.
void multiplyPanels(
    const float *a, int64_t aStride, int64_t rows, const float *b, int64_t bStride,
    int64_t panelStride, int64_t panels, int64_t inner, float *c, int64_t cStride,
    const float *bias = nullptr, PanelProduct way = {});

/// Windows along a line of an image: each is `runs` runs of `runLength` numbers, `runStride` apart; the next begins `step` numbers on.
struct Windows {
  int64_t count, step, runs, runStride, runLength;
};

/// Products with windows have columns in whole units of this many.
constexpr int64_t columnUnit = 16;

/// `c ← windows · b`, with each element summed as in `multiplyPanels`: a convolution without copies of its windows.
///
/// `b` is `[runs · runLength, columns]`, `c` `[windows, columns]`; columns are a multiple of `columnUnit`.
void multiplyWindows(
    const float *a, const Windows &windows, const float *b, int64_t columns, float *c);

/// How the factors of a product are rounded; sums are float32.
enum class ProductFactors { float32, bfloat16 };

/// A linear layer's weight `[outputs, inputs]` in panels, as products read it.
struct PanelWeight {
  int64_t outputs, inputs;
  ProductFactors factors;
  /// For float32 factors, `[inputs, 32]` a panel.
  std::vector<float> values;
  /// For bfloat16 factors, `[pairs of inputs, 32]` a panel.
  std::vector<Pair> pairs;
  /// Of the tensor that the values are from: a change in place raises it.
  int64_t version = 0;

  /// Of `weight`, row-major.
  PanelWeight(const float *weight, int64_t outputs, int64_t inputs, ProductFactors factors);
};

/// `y ← x · weightᵀ + bias`, with `x` rounded as the weight is; `bias` may be NULL. `y` is dense, `[rows, outputs]`.
void multiplyRows(
    const float *x, int64_t rows, const PanelWeight &weight, const float *bias, float *y);

}  // namespace ctorch
