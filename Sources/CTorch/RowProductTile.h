// The inner loop of `RowProduct.cpp`, included once for each instruction set, within a namespace of its own.
//
// Before inclusion `Lanes` is a vector of `laneCount` floats, `mostRows` the most rows at once (each needs an address), `mostSums`
// the vectors of sums that fit the registers, and `load`, `broadcast`, `store` and `fused(a, b, c)` = a · b + c rounded once are defined. There is no include guard.

/// Adds the products of `rows` rows of `a` with `vectors · laneCount` columns of `b` to `c`, element by element in the order
/// of `inner`; `b`'s columns come from `panels` places, `panelStride` apart.
template <int rows, int panels, int vectors>
CTORCH_INLINE void tile(
    const float *a, int64_t aStride, const float *b, int64_t bStride, int64_t panelStride,
    int64_t inner, float *c, int64_t cStride, int64_t cPanelStride, bool isFirst) {
  Lanes sums[rows][panels * vectors];
  for (int row = 0; row < rows; row++) {
    for (int i = 0; i < panels * vectors; i++) {
      const float *from =
          c + row * cStride + (i / vectors) * cPanelStride + (i % vectors) * laneCount;
      sums[row][i] = isFirst ? broadcast(0) : load(from);
    }
  }
  for (int64_t k = 0; k < inner; k++) {
    Lanes columns[panels * vectors];
    for (int i = 0; i < panels * vectors; i++) {
      columns[i] = load(b + k * bStride + (i / vectors) * panelStride + (i % vectors) * laneCount);
    }
    for (int row = 0; row < rows; row++) {
      Lanes x = broadcast(a[row * aStride + k]);
      for (int i = 0; i < panels * vectors; i++) {
        sums[row][i] = fused(x, columns[i], sums[row][i]);
      }
    }
  }
  for (int row = 0; row < rows; row++) {
    for (int i = 0; i < panels * vectors; i++) {
      store(
          c + row * cStride + (i / vectors) * cPanelStride + (i % vectors) * laneCount,
          sums[row][i]);
    }
  }
}

/// `rows` rows times `count` neighbouring panels.
template <int rows>
void panelsOf(
    const float *a, int64_t aStride, const float *b, int64_t bStride, int64_t panelStride,
    int64_t count, int64_t inner, float *c, int64_t cStride, bool isFirst) {
  constexpr int vectors = panelWidth / laneCount;
  // Few rows make few sums; several panels at once keep the multipliers busy.
  constexpr int sums = rows * vectors;
  constexpr int together = 4 * sums <= mostSums ? 4 : (2 * sums <= mostSums ? 2 : 1);
  int64_t panel = 0;
  if constexpr (sums <= mostSums) {
    for (; panel + together <= count; panel += together) {
      tile<rows, together, vectors>(
          a, aStride, b + panel * panelStride, bStride, panelStride, inner,
          c + panel * panelWidth, cStride, panelWidth, isFirst);
    }
    for (; panel < count; panel++) {
      tile<rows, 1, vectors>(
          a, aStride, b + panel * panelStride, bStride, panelStride, inner,
          c + panel * panelWidth, cStride, panelWidth, isFirst);
    }
  } else {
    // Two vectors of columns at a time, where a whole panel's sums would not fit.
    for (; panel < count; panel++) {
      for (int v = 0; v < vectors; v += 2) {
        tile<rows, 1, 2>(
            a, aStride, b + panel * panelStride + v * laneCount, bStride, panelStride, inner,
            c + panel * panelWidth + v * laneCount, cStride, panelWidth, isFirst);
      }
    }
  }
}

inline void rowsTimesPanels(
    const float *a, int64_t aStride, int64_t rows, const float *b, int64_t bStride,
    int64_t panelStride, int64_t count, int64_t inner, float *c, int64_t cStride, bool isFirst) {
  int64_t row = 0;
  for (; row + mostRows <= rows; row += mostRows) {
    panelsOf<mostRows>(
        a + row * aStride, aStride, b, bStride, panelStride, count, inner, c + row * cStride,
        cStride, isFirst);
  }
  a += row * aStride;
  c += row * cStride;
  switch (rows - row) {
#define CTORCH_ROWS(n)                                                                        \
  case n:                                                                                     \
    if constexpr (n < mostRows) {                                                         \
      panelsOf<n>(a, aStride, b, bStride, panelStride, count, inner, c, cStride, isFirst);    \
    }                                                                                         \
    break;
    CTORCH_ROWS(1)
    CTORCH_ROWS(2)
    CTORCH_ROWS(3)
    CTORCH_ROWS(4)
    CTORCH_ROWS(5)
#undef CTORCH_ROWS
    default: break;
  }
}
