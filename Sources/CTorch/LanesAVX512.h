// Float32 sums in AVX-512's vectors, for `RowProductTile.h`; included within a namespace of its own, so that there is no include guard.
using Lanes = __m512;
constexpr int laneCount = 16, mostRows = 6, mostSums = 24, windowRows = 8, windowVectors = 3;
CTORCH_INLINE Lanes zero() { return _mm512_setzero_ps(); }
CTORCH_INLINE Lanes load(const float *p) { return _mm512_loadu_ps(p); }
CTORCH_INLINE void store(float *p, Lanes x) { _mm512_storeu_ps(p, x); }
CTORCH_INLINE Lanes plus(Lanes a, Lanes b) { return _mm512_add_ps(a, b); }
