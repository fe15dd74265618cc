// Matrix products that don't depend on their company.
//
// A BLAS chooses its way by the shape, and with it the order of a sum: what a policy answers would depend on how many others
// asked. Here each element is one chain of fused multiply-adds over the inner dimension, in order, so vector widths, blocks
// and threads can't change a bit. On a processor with 512-bit vectors this runs at twice the speed of MKL, which does not
// use them on every maker's.
#include "RowProduct.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "Kernels.h"
#include "PairProduct.h"
#include "Parallel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ctorch {

namespace {

using RowsTimesPanels = void (*)(
    const float *a, int64_t aStride, int64_t rows, const float *b, int64_t bStride,
    int64_t panelStride, int64_t count, int64_t inner, float *c, int64_t cStride, bool isFirst,
    const float *bias);
using WindowsTimesColumns = void (*)(
    const float *a, const Windows &windows, const float *b, int64_t columns, float *c);

// MARK: - AVX-512

#if defined(__x86_64__)

CTORCH_TARGET_BEGIN("avx512f")
namespace wide {
#include "LanesAVX512.h"
using Factor = float;
using Factors = Lanes;
CTORCH_INLINE Factors loadFactors(const Factor *p) { return load(p); }
CTORCH_INLINE Lanes broadcast(float x) { return _mm512_set1_ps(x); }
CTORCH_INLINE Lanes fused(Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_ps(a, b, c); }
#include "RowProductTile.h"
}  // namespace wide
CTORCH_TARGET_END

// MARK: - AVX2

CTORCH_TARGET_BEGIN("avx2,fma")
namespace narrow {
#include "LanesAVX2.h"
using Factor = float;
using Factors = Lanes;
CTORCH_INLINE Factors loadFactors(const Factor *p) { return load(p); }
CTORCH_INLINE Lanes broadcast(float x) { return _mm256_set1_ps(x); }
CTORCH_INLINE Lanes fused(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_ps(a, b, c); }
#include "RowProductTile.h"
}  // namespace narrow
CTORCH_TARGET_END

#endif

// MARK: - Any processor

namespace portable {
#include "LanesPortable.h"
using Factor = float;
using Factors = Lanes;
CTORCH_INLINE Factors loadFactors(const Factor *p) { return load(p); }
CTORCH_INLINE Lanes broadcast(float x) { return {{x, x, x, x}}; }
CTORCH_INLINE Lanes fused(Lanes a, Lanes b, Lanes c) {
  for (int i = 0; i < 4; i++) c.values[i] = std::fmaf(a.values[i], b.values[i], c.values[i]);
  return c;
}
#include "RowProductTile.h"
}  // namespace portable

struct Loops {
  RowsTimesPanels rowsTimesPanels, turnedRowsTimesPanels;
  WindowsTimesColumns windowsTimesColumns;
};

const Loops *chosen(ProductInstructions instructions) {
  static constexpr Loops any{
      portable::rowsTimesPanels<false>, portable::rowsTimesPanels<true>, portable::windowsTimesColumns};
#if defined(__x86_64__)
  static constexpr Loops avx512{
      wide::rowsTimesPanels<false>, wide::rowsTimesPanels<true>, wide::windowsTimesColumns};
  static constexpr Loops avx2{
      narrow::rowsTimesPanels<false>, narrow::rowsTimesPanels<true>, narrow::windowsTimesColumns};
  bool hasWide = __builtin_cpu_supports("avx512f");
  bool hasNarrow = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (instructions <= ProductInstructions::avx512 && hasWide) return &avx512;
  if (instructions <= ProductInstructions::avx2 && hasNarrow) return &avx2;
#endif
  return &any;
}

std::atomic<const Loops *> loops{chosen(ProductInstructions::best)};

/// Rows that a thread takes at once.
constexpr int64_t rowBlock = 48;
/// Multiplications below which a second thread costs more than it brings.
constexpr int64_t fewestForThreads = 4'000'000;

}  // namespace

void setProductInstructions(ProductInstructions instructions) {
  loops = chosen(instructions);
  setPairInstructions(instructions);
}

void multiplyPanels(
    const float *a, int64_t aStride, int64_t rows, const float *b, int64_t bStride,
    int64_t panelStride, int64_t panels, int64_t inner, float *c, int64_t cStride,
    const float *bias, PanelProduct way) {
  const Loops *all = loops.load(std::memory_order_relaxed);
  auto multiply = way.isTurned ? all->turnedRowsTimesPanels : all->rowsTimesPanels;
  for (int64_t k = 0; k < std::max<int64_t>(inner, 1); k += innerBlock) {
    multiply(
        a + (way.isTurned ? k * aStride : k), aStride, rows, b + k * bStride, bStride, panelStride,
        panels, std::min(innerBlock, inner - k), c, cStride, k == 0 && !way.adds,
        k + innerBlock >= inner ? bias : nullptr);
  }
}

void multiplyWindows(
    const float *a, const Windows &windows, const float *b, int64_t columns, float *c) {
  loops.load(std::memory_order_relaxed)->windowsTimesColumns(a, windows, b, columns, c);
}

PanelWeight::PanelWeight(
    const float *weight, int64_t outputs, int64_t inputs, ProductFactors factors)
    : outputs(outputs), inputs(inputs), factors(factors) {
  int64_t panels = panelCount(outputs);
  if (factors == ProductFactors::bfloat16) {
    pairs.resize(static_cast<size_t>(panels * pairCount(inputs) * panelWidth));
    std::vector<Pair> row(static_cast<size_t>(pairCount(inputs)));
    for (int64_t o = 0; o < outputs; o++) {
      roundToPairs(weight + o * inputs, 1, inputs, row.data());
      Pair *column = pairs.data() + o / panelWidth * pairCount(inputs) * panelWidth + o % panelWidth;
      for (int64_t k = 0; k < pairCount(inputs); k++) column[k * panelWidth] = row[k];
    }
    return;
  }
  values.resize(static_cast<size_t>(panels * inputs * panelWidth));
  for (int64_t o = 0; o < outputs; o++) {
    float *column = values.data() + o / panelWidth * inputs * panelWidth + o % panelWidth;
    const float *row = weight + o * inputs;
    for (int64_t k = 0; k < inputs; k++) column[k * panelWidth] = row[k];
  }
}

namespace {

template <typename Element>
Element *scratch(int64_t count) {
  static thread_local std::vector<Element> memory;
  if (static_cast<int64_t>(memory.size()) < count) memory.resize(static_cast<size_t>(count));
  return memory.data();
}

/// `c ← x · weightᵀ + bias` of some rows; `c`'s rows and the bias have room for whole panels.
void multiplyBlock(
    const float *x, int64_t rows, const PanelWeight &weight, const float *bias, float *c) {
  int64_t panels = panelCount(weight.outputs), inputs = weight.inputs, inner = pairCount(inputs);
  if (weight.factors == ProductFactors::float32) {
    multiplyPanels(
        x, inputs, rows, weight.values.data(), panelWidth, inputs * panelWidth, panels, inputs, c,
        panels * panelWidth, bias);
    return;
  }
  Pair *rounded = scratch<Pair>(rows * inner);
  roundToPairs(x, rows, inputs, rounded);
  multiplyPairs(rounded, rows, weight.pairs.data(), panels, inner, c, bias);
}

}  // namespace

void multiplyRows(
    const float *x, int64_t rows, const PanelWeight &weight, const float *bias, float *y) {
  int64_t stride = panelCount(weight.outputs) * panelWidth;
  int64_t inputs = weight.inputs, outputs = weight.outputs;
  bool isWhole = stride == outputs;
  std::vector<float> wholeBias;
  if (bias && !isWhole) {
    wholeBias.assign(bias, bias + outputs);
    wholeBias.resize(static_cast<size_t>(stride));
    bias = wholeBias.data();
  }
  auto block = [&](int64_t index) {
    int64_t first = index * rowBlock, count = std::min(rowBlock, rows - first);
    float *out = isWhole ? y + first * outputs : scratch<float>(count * stride);
    multiplyBlock(x + first * inputs, count, weight, bias, out);
    for (int64_t row = 0; !isWhole && row < count; row++) {
      std::copy_n(out + row * stride, outputs, y + (first + row) * outputs);
    }
  };
  int64_t blocks = (rows + rowBlock - 1) / rowBlock;
  if (rows * inputs * outputs < fewestForThreads) {
    for (int64_t i = 0; i < blocks; i++) block(i);
  } else {
    parallelFor(blocks, block);
  }
}

}  // namespace ctorch
