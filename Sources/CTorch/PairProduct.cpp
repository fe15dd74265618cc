// bfloat16 products that give the same bits on any processor.
//
// AVX-512 BF16's instruction (VDPBF16PS) adds the two products of a pair to a sum one after the other, the second first, and rounds
// each addition once. A product of two bfloat16 numbers is exact in float32, so fused multiply-adds of the widened numbers do the
// same, at half the speed of float32. Only numbers below 2⁻¹²⁶, which the instruction takes for 0, would tell the two apart: with
// factors of 2⁻⁵⁶ and more every product, and so every sum, is a multiple of 2⁻¹²⁶.
#include "PairProduct.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "Kernels.h"
#include "RowProduct.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ctorch {

namespace {

using PairsTimesPanels = void (*)(
    const Pair *a, int64_t aStride, int64_t rows, const Pair *b, int64_t bStride,
    int64_t panelStride, int64_t count, int64_t inner, float *c, int64_t cStride, bool isFirst,
    const float *bias);
using WindowsTimesColumns = void (*)(
    const Pair *a, const Windows &windows, const Pair *b, int64_t columns, float *c);

#if defined(__x86_64__)

// MARK: - AVX-512 BF16

CTORCH_TARGET_BEGIN("avx512f,avx512bf16")
namespace paired {
#include "LanesAVX512.h"
using Factor = Pair;
using Factors = __m512i;
CTORCH_INLINE Factors loadFactors(const Factor *p) { return _mm512_loadu_si512(p); }
CTORCH_INLINE Factors broadcast(Factor x) { return _mm512_set1_epi32(static_cast<int>(x)); }
CTORCH_INLINE Lanes fused(Factors a, Factors b, Lanes c) {
  return _mm512_dpbf16_ps(c, (__m512bh)a, (__m512bh)b);
}
#include "RowProductTile.h"
}  // namespace paired
CTORCH_TARGET_END

// MARK: - AVX-512

CTORCH_TARGET_BEGIN("avx512f")
namespace wide {
#include "LanesAVX512.h"
using Factor = Pair;
using Factors = __m512i;
CTORCH_INLINE Factors loadFactors(const Factor *p) { return _mm512_loadu_si512(p); }
CTORCH_INLINE Factors broadcast(Factor x) { return _mm512_set1_epi32(static_cast<int>(x)); }
CTORCH_INLINE Lanes first(Factors x) { return _mm512_castsi512_ps(_mm512_slli_epi32(x, 16)); }
CTORCH_INLINE Lanes second(Factors x) {
  return _mm512_castsi512_ps(_mm512_and_si512(x, _mm512_set1_epi32(-65536)));
}
CTORCH_INLINE Lanes fused(Factors a, Factors b, Lanes c) {
  return _mm512_fmadd_ps(first(a), first(b), _mm512_fmadd_ps(second(a), second(b), c));
}
#include "RowProductTile.h"
}  // namespace wide
CTORCH_TARGET_END

// MARK: - AVX2

CTORCH_TARGET_BEGIN("avx2,fma")
namespace narrow {
#include "LanesAVX2.h"
using Factor = Pair;
using Factors = __m256i;
CTORCH_INLINE Factors loadFactors(const Factor *p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p));
}
CTORCH_INLINE Factors broadcast(Factor x) { return _mm256_set1_epi32(static_cast<int>(x)); }
CTORCH_INLINE Lanes first(Factors x) { return _mm256_castsi256_ps(_mm256_slli_epi32(x, 16)); }
CTORCH_INLINE Lanes second(Factors x) {
  return _mm256_castsi256_ps(_mm256_and_si256(x, _mm256_set1_epi32(-65536)));
}
CTORCH_INLINE Lanes fused(Factors a, Factors b, Lanes c) {
  return _mm256_fmadd_ps(first(a), first(b), _mm256_fmadd_ps(second(a), second(b), c));
}
#include "RowProductTile.h"
}  // namespace narrow
CTORCH_TARGET_END

#endif

// MARK: - Any processor

namespace portable {
#include "LanesPortable.h"
using Factor = Pair;
struct Factors {
  Pair values[4];
};
CTORCH_INLINE Factors loadFactors(const Factor *p) { return {{p[0], p[1], p[2], p[3]}}; }
CTORCH_INLINE Factors broadcast(Factor x) { return {{x, x, x, x}}; }
CTORCH_INLINE float first(Pair x) { return fromBFloat16(static_cast<uint16_t>(x)); }
CTORCH_INLINE float second(Pair x) { return fromBFloat16(static_cast<uint16_t>(x >> 16)); }
CTORCH_INLINE Lanes fused(Factors a, Factors b, Lanes c) {
  for (int i = 0; i < 4; i++) {
    Pair x = a.values[i], y = b.values[i];
    c.values[i] =
        std::fmaf(first(x), first(y), std::fmaf(second(x), second(y), c.values[i]));
  }
  return c;
}
#include "RowProductTile.h"
}  // namespace portable

struct Loops {
  PairsTimesPanels pairsTimesPanels;
  WindowsTimesColumns windowsTimesColumns;
};

const Loops *chosen(ProductInstructions instructions) {
  static constexpr Loops any{portable::rowsTimesPanels<false>, portable::windowsTimesColumns};
#if defined(__x86_64__)
  static constexpr Loops avx512BF16{paired::rowsTimesPanels<false>, paired::windowsTimesColumns};
  static constexpr Loops avx512{wide::rowsTimesPanels<false>, wide::windowsTimesColumns};
  static constexpr Loops avx2{narrow::rowsTimesPanels<false>, narrow::windowsTimesColumns};
  bool hasWide = __builtin_cpu_supports("avx512f");
  bool hasNarrow = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (instructions == ProductInstructions::best && __builtin_cpu_supports("avx512bf16")) {
    return &avx512BF16;
  }
  if (instructions <= ProductInstructions::avx512 && hasWide) return &avx512;
  if (instructions <= ProductInstructions::avx2 && hasNarrow) return &avx2;
#endif
  return &any;
}

std::atomic<const Loops *> loops{chosen(ProductInstructions::best)};

CTORCH_VECTORIZED void roundAll(const float *x, uint16_t *to, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] = toBFloat16(x[i]);
}

}  // namespace

void setPairInstructions(ProductInstructions instructions) {
  loops = chosen(instructions);
}

void roundToPairs(const float *x, int64_t rows, int64_t count, Pair *pairs) {
  auto *to = reinterpret_cast<uint16_t *>(pairs);
  if (count % 2 == 0) {
    roundAll(x, to, rows * count);
    return;
  }
  for (int64_t row = 0; row < rows; row++, to += count + 1) {
    roundAll(x + row * count, to, count);
    to[count] = 0;
  }
}

void multiplyPairs(
    const Pair *a, int64_t rows, const Pair *b, int64_t panels, int64_t inner, float *c,
    const float *bias) {
  auto multiply = loops.load(std::memory_order_relaxed)->pairsTimesPanels;
  for (int64_t k = 0; k < inner; k += innerBlock) {
    multiply(
        a + k, inner, rows, b + k * panelWidth, panelWidth, inner * panelWidth, panels,
        std::min(innerBlock, inner - k), c, panels * panelWidth, k == 0,
        k + innerBlock >= inner ? bias : nullptr);
  }
}

void multiplyPairWindows(
    const Pair *a, const Windows &windows, const Pair *b, int64_t columns, float *c) {
  loops.load(std::memory_order_relaxed)->windowsTimesColumns(a, windows, b, columns, c);
}

}  // namespace ctorch
