// Float32 sums in fours of any processor, for `RowProductTile.h`; included within a namespace of its own, so that there is no include guard.
struct Lanes {
  float values[4];
};
constexpr int laneCount = 4, mostRows = 4, mostSums = 32, windowRows = 4, windowVectors = 4;
CTORCH_INLINE Lanes zero() { return {}; }
CTORCH_INLINE Lanes load(const float *p) { return {{p[0], p[1], p[2], p[3]}}; }
CTORCH_INLINE void store(float *p, Lanes x) { std::memcpy(p, x.values, sizeof x.values); }
CTORCH_INLINE Lanes plus(Lanes a, Lanes b) {
  for (int i = 0; i < 4; i++) a.values[i] += b.values[i];
  return a;
}
