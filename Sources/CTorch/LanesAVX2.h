// Float32 sums in AVX2's vectors, for `RowProductTile.h`; included within a namespace of its own, so that there is no include guard.
using Lanes = __m256;
constexpr int laneCount = 8, mostRows = 6, mostSums = 12, windowRows = 4, windowVectors = 2;
CTORCH_INLINE Lanes zero() { return _mm256_setzero_ps(); }
CTORCH_INLINE Lanes load(const float *p) { return _mm256_loadu_ps(p); }
CTORCH_INLINE void store(float *p, Lanes x) { _mm256_storeu_ps(p, x); }
CTORCH_INLINE Lanes plus(Lanes a, Lanes b) { return _mm256_add_ps(a, b); }
