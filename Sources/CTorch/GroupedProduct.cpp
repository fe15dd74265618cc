// The inner loops of products with grouped weights: whole numbers within a group, float32 across groups.
//
// Within a group the sum of q · value is exact, so both ways of computing it agree to the bit, and so does any number of rows.
#include <cmath>
#include <cstring>

#include "GroupedWeights.h"
#include "Kernels.h"

#if defined(__x86_64__) && defined(__clang__)
#include <immintrin.h>
#define CTORCH_HAS_BYTE_PRODUCTS 1
#define CTORCH_BYTE_PRODUCTS __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#endif

namespace ctorch::grouped {

// MARK: - Any processor

CTORCH_VECTORIZED
static void accumulateRow(
    const uint8_t *tiles, const uint16_t *parameters, const int8_t *values, int64_t bytes,
    const float *scales, int64_t count, float *sums) {
  for (int64_t group = 0; group < count; group++) {
    int32_t products[blockSize] = {};
    for (int64_t k = 0; k < groupSize; k++) {
      const uint8_t *q = tiles + place(0, k);
      int32_t value = bytes == 1 ? values[k] : 256 * values[k] + values[groupSize + k];
      for (int64_t o = 0; o < blockSize; o++) products[o] += q[4 * o] * value;
    }
    for (int64_t o = 0; o < blockSize; o++) {
      float scale = fromBFloat16(parameters[o]), least = fromBFloat16(parameters[blockSize + o]);
      sums[o] = std::fma(
          static_cast<float>(products[o]), scale * scales[0],
          std::fma(least, scales[1], sums[o]));
    }
    tiles += tileSize;
    parameters += parameterCount;
    values += groupSize * bytes;
    scales += 2;
  }
}

void accumulatePortably(
    const Weights &weights, int64_t block, const uint8_t *tiles, int64_t first, int64_t count,
    const Rows &rows, float *sums) {
  for (int64_t row = 0; row < rows.count; row++) {
    accumulateRow(
        tiles, weights.parametersOf(block, first), rows.valuesOf(row, first), rows.bytes,
        rows.scalesOf(row, first), count, sums + row * blockSize);
  }
}

// MARK: - AVX-512 VNNI

#ifdef CTORCH_HAS_BYTE_PRODUCTS

CTORCH_BYTE_PRODUCTS
static inline __attribute__((always_inline)) __m512 widened(const uint16_t *bits) {
  auto half = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(bits));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}

/// `rowCount` rows at once: their sums stay in registers, and each vector of weights is read once for all of them.
template <int rowCount, int bytes>
CTORCH_BYTE_PRODUCTS static void accumulateRows(
    const uint8_t *tiles, const uint16_t *parameters, const int8_t *values, const float *scales,
    int64_t groups, int64_t count, float *sums) {
  __m512 total[rowCount][2];
  for (int row = 0; row < rowCount; row++) {
    for (int half = 0; half < 2; half++) {
      total[row][half] = _mm512_loadu_ps(sums + row * blockSize + half * 16);
    }
  }
  for (int64_t group = 0; group < count; group++) {
    __m512i products[rowCount][2];
    for (int row = 0; row < rowCount; row++) {
      products[row][0] = products[row][1] = _mm512_setzero_si512();
    }
    for (int byte = 0; byte < bytes; byte++) {
      if (byte == 1) {
        for (int row = 0; row < rowCount; row++) {
          for (int half = 0; half < 2; half++) {
            products[row][half] = _mm512_slli_epi32(products[row][half], 8);
          }
        }
      }
#pragma unroll 4
      for (int quad = 0; quad < groupSize / 4; quad++) {
        auto low = _mm512_loadu_si512(tiles + quad * 4 * blockSize);
        auto high = _mm512_loadu_si512(tiles + quad * 4 * blockSize + 64);
#pragma unroll
        for (int row = 0; row < rowCount; row++) {
          int32_t four;
          std::memcpy(&four, values + row * groups * groupSize * bytes + quad * 4, sizeof four);
          auto value = _mm512_set1_epi32(four);
          products[row][0] = _mm512_dpbusd_epi32(products[row][0], low, value);
          products[row][1] = _mm512_dpbusd_epi32(products[row][1], high, value);
        }
      }
      values += groupSize;
    }
    tiles += tileSize;
    for (int half = 0; half < 2; half++) {
      auto scale = widened(parameters + half * 16);
      auto least = widened(parameters + blockSize + half * 16);
      for (int row = 0; row < rowCount; row++) {
        auto rowScale = _mm512_set1_ps(scales[row * groups * 2]);
        auto rowSum = _mm512_set1_ps(scales[row * groups * 2 + 1]);
        total[row][half] = _mm512_fmadd_ps(
            _mm512_cvtepi32_ps(products[row][half]), _mm512_mul_ps(scale, rowScale),
            _mm512_fmadd_ps(least, rowSum, total[row][half]));
      }
    }
    parameters += parameterCount;
    scales += 2;
  }
  for (int row = 0; row < rowCount; row++) {
    for (int half = 0; half < 2; half++) {
      _mm512_storeu_ps(sums + row * blockSize + half * 16, total[row][half]);
    }
  }
}

template <int bytes>
static void accumulateByteProducts(
    const Weights &weights, int64_t block, const uint8_t *tiles, int64_t first, int64_t count,
    const Rows &rows, float *sums) {
  const uint16_t *parameters = weights.parametersOf(block, first);
  int64_t row = 0;
  auto run = [&](auto kernel, int64_t rowsAtOnce) {
    for (; row + rowsAtOnce <= rows.count; row += rowsAtOnce) {
      kernel(
          tiles, parameters, rows.valuesOf(row, first), rows.scalesOf(row, first), rows.groups,
          count, sums + row * blockSize);
    }
  };
  run(accumulateRows<6, bytes>, 6);
  run(accumulateRows<3, bytes>, 3);
  run(accumulateRows<1, bytes>, 1);
}

/// One row has no others to share unpacked weights with: they go from memory through registers into the products.
CTORCH_BYTE_PRODUCTS
static void accumulateStored(
    const Weights &weights, int64_t block, const uint8_t *tiles, int64_t first, int64_t count,
    const Rows &rows, float *sums) {
  const uint16_t *parameters = weights.parametersOf(block, first);
  const int8_t *values = rows.valuesOf(0, first);
  const float *scales = rows.scalesOf(0, first);
  const auto lowBits = _mm512_set1_epi8(15);
  __m512 total[2] = {_mm512_loadu_ps(sums), _mm512_loadu_ps(sums + 16)};
  for (int64_t group = 0; group < count; group++) {
    // Two sums for each half, so that a product need not wait for the one before it.
    __m512i products[2][2] = {
        {_mm512_setzero_si512(), _mm512_setzero_si512()},
        {_mm512_setzero_si512(), _mm512_setzero_si512()}};
#pragma unroll 4
    for (int pair = 0; pair < groupSize / 8; pair++) {
      int32_t four[2];
      std::memcpy(four, values + pair * 8, sizeof four);
      auto even = _mm512_set1_epi32(four[0]), odd = _mm512_set1_epi32(four[1]);
      for (int half = 0; half < 2; half++) {
        auto both = _mm512_loadu_si512(tiles + half * 64);
        products[half][0] =
            _mm512_dpbusd_epi32(products[half][0], _mm512_and_si512(both, lowBits), even);
        products[half][1] = _mm512_dpbusd_epi32(
            products[half][1], _mm512_and_si512(_mm512_srli_epi16(both, 4), lowBits), odd);
      }
      tiles += 4 * blockSize;
    }
    auto rowScale = _mm512_set1_ps(scales[0]), rowSum = _mm512_set1_ps(scales[1]);
    for (int half = 0; half < 2; half++) {
      auto product = _mm512_cvtepi32_ps(_mm512_add_epi32(products[half][0], products[half][1]));
      auto scale = widened(parameters + half * 16);
      auto least = widened(parameters + blockSize + half * 16);
      total[half] = _mm512_fmadd_ps(
          product, _mm512_mul_ps(scale, rowScale), _mm512_fmadd_ps(least, rowSum, total[half]));
    }
    parameters += parameterCount;
    values += groupSize;
    scales += 2;
  }
  _mm512_storeu_ps(sums, total[0]);
  _mm512_storeu_ps(sums + 16, total[1]);
}

static bool hasByteProducts() {
  static const bool has = __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw");
  return has;
}

Accumulate accumulateStoredRow() { return hasByteProducts() ? accumulateStored : nullptr; }

Accumulate accumulateWithByteProducts(int64_t bytes) {
  if (!hasByteProducts()) return nullptr;
  return bytes == 1 ? accumulateByteProducts<1> : accumulateByteProducts<2>;
}

#else

Accumulate accumulateWithByteProducts(int64_t) { return nullptr; }
Accumulate accumulateStoredRow() { return nullptr; }

#endif

}  // namespace ctorch::grouped
