// Inner loops over contiguous float32 rows, written so that the compiler vectorizes them.
//
// Sums and maxima run in 16 lanes that are joined in a fixed order, so a result depends neither on
// the vector width of the processor nor on the number of threads.
#pragma once

#include <cstdint>
#include <cstring>

// The loops are compiled for several instruction sets; the loader picks one. Not under the thread sanitizer: the function that picks is
// called before the sanitizer has begun.
#if defined(__clang__) && __has_feature(thread_sanitizer)
#define CTORCH_VECTORIZED
#elif defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#define CTORCH_VECTORIZED \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CTORCH_VECTORIZED
#endif

// What stands between the two is compiled for instructions that the rest of the file may not use, such as "avx2,fma".
#define CTORCH_PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
#define CTORCH_TARGET_BEGIN(features) \
  CTORCH_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define CTORCH_TARGET_END CTORCH_PRAGMA(clang attribute pop)
#else
#define CTORCH_TARGET_BEGIN(features) \
  CTORCH_PRAGMA(GCC push_options) CTORCH_PRAGMA(GCC target(features))
#define CTORCH_TARGET_END CTORCH_PRAGMA(GCC pop_options)
#endif

#define CTORCH_INLINE inline __attribute__((always_inline))

namespace ctorch {

constexpr int64_t laneCount = 16;

/// eˣ to about 2 units in the last place (Cephes' polynomial); 0 below -87.
CTORCH_INLINE float exponential(float x) {
  float clamped = x < -87.0f ? -87.0f : (x > 88.0f ? 88.0f : x);
  // Adding and subtracting 1.5 · 2²³ rounds to the nearest integer.
  float shifted = clamped * 1.44269504f + 12582912.0f;
  float whole = shifted - 12582912.0f;
  float rest = clamped - whole * 0.693359375f;
  rest = rest - whole * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * rest + 1.3981999507e-3f;
  p = p * rest + 8.3334519073e-3f;
  p = p * rest + 4.1665795894e-2f;
  p = p * rest + 1.6666665459e-1f;
  p = p * rest + 5.0000001201e-1f;
  p = p * rest * rest + rest + 1.0f;
  int32_t bits = (static_cast<int32_t>(whole) + 127) << 23;
  float scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return x < -87.0f ? 0.0f : p * scale;
}

/// The number that bfloat16's bits stand for.
CTORCH_INLINE float fromBFloat16(uint16_t bits) {
  uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}

/// The bits of the nearest bfloat16, to the even one of two; those of 0 for a magnitude below 2⁻⁵⁶.
CTORCH_INLINE uint16_t toBFloat16(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  uint32_t magnitude = bits & 0x7fffffff;
  uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  // Rounding up may carry a NaN into another number.
  if (magnitude > 0x7f800000) rounded = 0x7fc0;
  if (magnitude < (127 - 56) << 23) rounded = 0;
  return static_cast<uint16_t>(rounded);
}

CTORCH_INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

/// `x Φ(x)`, with Φ by Abramowitz and Stegun's formula 7.1.26 for the error function, exact to 1.5e-7.
CTORCH_INLINE float gelu(float x) {
  float magnitude = (x < 0 ? -x : x) * 0.70710678f;
  float t = 1.0f / (1.0f + 0.3275911f * magnitude);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  float tail = p * t * exponential(-magnitude * magnitude);
  return x * 0.5f * (x < 0 ? tail : 2.0f - tail);
}

CTORCH_INLINE float joinedSum(const float *lanes) {
  float sum = 0;
  for (int64_t lane = 0; lane < laneCount; lane++) sum += lanes[lane];
  return sum;
}

/// Σ aᵢ bᵢ
CTORCH_INLINE float dot(const float *a, const float *b, int64_t count) {
  float lanes[laneCount] = {};
  int64_t i = 0;
  for (; i + laneCount <= count; i += laneCount) {
    for (int64_t lane = 0; lane < laneCount; lane++) lanes[lane] += a[i + lane] * b[i + lane];
  }
  float rest = 0;
  for (; i < count; i++) rest += a[i] * b[i];
  return joinedSum(lanes) + rest;
}

CTORCH_INLINE float maximum(const float *a, int64_t count) {
  float lanes[laneCount];
  for (int64_t lane = 0; lane < laneCount; lane++) lanes[lane] = a[0];
  int64_t i = 0;
  for (; i + laneCount <= count; i += laneCount) {
    for (int64_t lane = 0; lane < laneCount; lane++) {
      lanes[lane] = a[i + lane] > lanes[lane] ? a[i + lane] : lanes[lane];
    }
  }
  float largest = lanes[0];
  for (int64_t lane = 1; lane < laneCount; lane++) {
    largest = lanes[lane] > largest ? lanes[lane] : largest;
  }
  for (; i < count; i++) largest = a[i] > largest ? a[i] : largest;
  return largest;
}

/// Softmax of the first `used` scores of a row, in place; the other `count - used` become 0.
CTORCH_INLINE void softmaxRow(float *row, int64_t used, int64_t count) {
  float largest = maximum(row, used);
  float lanes[laneCount] = {};
  int64_t i = 0;
  for (; i + laneCount <= used; i += laneCount) {
    for (int64_t lane = 0; lane < laneCount; lane++) {
      row[i + lane] = exponential(row[i + lane] - largest);
      lanes[lane] += row[i + lane];
    }
  }
  float rest = 0;
  for (; i < used; i++) {
    row[i] = exponential(row[i] - largest);
    rest += row[i];
  }
  float scale = 1.0f / (joinedSum(lanes) + rest);
  for (i = 0; i < used; i++) row[i] *= scale;
  for (; i < count; i++) row[i] = 0;
}

/// The gradient of a softmax row with weights `p`: `d ← scale · p (d − Σ p d)`, in place.
CTORCH_INLINE void softmaxRowGradient(const float *p, float *d, int64_t count, float scale) {
  float mean = dot(p, d, count);
  for (int64_t i = 0; i < count; i++) d[i] = scale * p[i] * (d[i] - mean);
}

}  // namespace ctorch
