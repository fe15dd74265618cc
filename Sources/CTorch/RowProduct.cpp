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
#include "Parallel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ctorch {

namespace {

using RowsTimesPanels = void (*)(
    const float *a, int64_t aStride, int64_t rows, const float *b, int64_t bStride,
    int64_t panelStride, int64_t count, int64_t inner, float *c, int64_t cStride, bool isFirst);

// MARK: - AVX-512

#if defined(__x86_64__)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f")
#endif
namespace wide {
using Lanes = __m512;
constexpr int laneCount = 16, mostRows = 6, mostSums = 24;
CTORCH_INLINE Lanes load(const float *p) { return _mm512_loadu_ps(p); }
CTORCH_INLINE Lanes broadcast(float x) { return _mm512_set1_ps(x); }
CTORCH_INLINE void store(float *p, Lanes x) { _mm512_storeu_ps(p, x); }
CTORCH_INLINE Lanes fused(Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_ps(a, b, c); }
#include "RowProductTile.h"
}  // namespace wide
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

// MARK: - AVX2

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
namespace narrow {
using Lanes = __m256;
constexpr int laneCount = 8, mostRows = 6, mostSums = 12;
CTORCH_INLINE Lanes load(const float *p) { return _mm256_loadu_ps(p); }
CTORCH_INLINE Lanes broadcast(float x) { return _mm256_set1_ps(x); }
CTORCH_INLINE void store(float *p, Lanes x) { _mm256_storeu_ps(p, x); }
CTORCH_INLINE Lanes fused(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_ps(a, b, c); }
#include "RowProductTile.h"
}  // namespace narrow
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif

// MARK: - Any processor

namespace portable {
struct Lanes {
  float values[4];
};
constexpr int laneCount = 4, mostRows = 4, mostSums = 32;
CTORCH_INLINE Lanes load(const float *p) { return {{p[0], p[1], p[2], p[3]}}; }
CTORCH_INLINE Lanes broadcast(float x) { return {{x, x, x, x}}; }
CTORCH_INLINE void store(float *p, Lanes x) { std::memcpy(p, x.values, sizeof x.values); }
CTORCH_INLINE Lanes fused(Lanes a, Lanes b, Lanes c) {
  for (int i = 0; i < 4; i++) c.values[i] = std::fmaf(a.values[i], b.values[i], c.values[i]);
  return c;
}
#include "RowProductTile.h"
}  // namespace portable

RowsTimesPanels chosen(ProductInstructions instructions) {
#if defined(__x86_64__)
  bool hasWide = __builtin_cpu_supports("avx512f");
  bool hasNarrow = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (instructions == ProductInstructions::best && hasWide) return wide::rowsTimesPanels;
  if (instructions != ProductInstructions::portable && hasNarrow) return narrow::rowsTimesPanels;
#endif
  return portable::rowsTimesPanels;
}

std::atomic<RowsTimesPanels> rowsTimesPanels{chosen(ProductInstructions::best)};

/// Inner elements at a time: a block of a panel, and of some rows, stays in the nearest cache.
constexpr int64_t innerBlock = 256;
/// Rows that a thread takes at once.
constexpr int64_t rowBlock = 48;
/// Multiplications below which a second thread costs more than it brings.
constexpr int64_t fewestForThreads = 4'000'000;

}  // namespace

void setProductInstructions(ProductInstructions instructions) {
  rowsTimesPanels = chosen(instructions);
}

void multiplyPanels(
    const float *a, int64_t aStride, int64_t rows, const float *b, int64_t bStride,
    int64_t panelStride, int64_t panels, int64_t inner, float *c, int64_t cStride) {
  auto multiply = rowsTimesPanels.load(std::memory_order_relaxed);
  for (int64_t k = 0; k < std::max<int64_t>(inner, 1); k += innerBlock) {
    multiply(
        a + k, aStride, rows, b + k * bStride, bStride, panelStride, panels,
        std::min(innerBlock, inner - k), c, cStride, k == 0);
  }
}

PanelWeight::PanelWeight(const float *weight, int64_t outputs, int64_t inputs)
    : outputs(outputs), inputs(inputs), values(panelCount(outputs) * inputs * panelWidth, 0) {
  for (int64_t o = 0; o < outputs; o++) {
    float *column = values.data() + o / panelWidth * inputs * panelWidth + o % panelWidth;
    const float *row = weight + o * inputs;
    for (int64_t k = 0; k < inputs; k++) column[k * panelWidth] = row[k];
  }
}

namespace {

CTORCH_VECTORIZED
void copyWithBias(
    const float *from, int64_t fromStride, const float *bias, float *to, int64_t rows,
    int64_t columns) {
  for (int64_t row = 0; row < rows; row++) {
    const float *in = from + row * fromStride;
    float *out = to + row * columns;
    if (bias) {
      for (int64_t i = 0; i < columns; i++) out[i] = in[i] + bias[i];
    } else {
      for (int64_t i = 0; i < columns; i++) out[i] = in[i];
    }
  }
}

float *scratch(int64_t count) {
  static thread_local std::vector<float> memory;
  if (static_cast<int64_t>(memory.size()) < count) memory.resize(static_cast<size_t>(count));
  return memory.data();
}

}  // namespace

void multiplyRows(
    const float *x, int64_t rows, const PanelWeight &weight, const float *bias, float *y) {
  int64_t panels = panelCount(weight.outputs), stride = panels * panelWidth;
  int64_t inputs = weight.inputs, outputs = weight.outputs;
  bool isWhole = stride == outputs;
  auto block = [&](int64_t index) {
    int64_t first = index * rowBlock, count = std::min(rowBlock, rows - first);
    float *out = isWhole ? y + first * outputs : scratch(count * stride);
    multiplyPanels(
        x + first * inputs, inputs, count, weight.values.data(), panelWidth, inputs * panelWidth,
        panels, inputs, out, stride);
    if (!isWhole || bias) {
      copyWithBias(out, stride, bias, y + first * outputs, count, outputs);
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
