// The inner loops of `RowProduct.cpp` and `PairProduct.cpp`, included once for each instruction set, within a namespace of its own.
//
// Before inclusion `Lanes` is a vector of `laneCount` float32 sums, `Factor` what is multiplied, `Factors` a vector of so many,
// `mostRows` the most rows at once (each needs an address), `mostSums` the vectors of sums that fit the registers, `windowRows` and
// `windowVectors` the windows and vectors of columns at once, and `zero`, `load`, `store`, `plus`, `loadFactors`, `broadcast` and
// `fused(a, b, c)` = a · b + c, each addition rounded once, are defined (what is of sums alone by `LanesAVX512.h` and its like).
// There is no include guard.

/// Adds the products of `rows` rows of `a` with `vectors · laneCount` columns of `b` to `c`, element by element in the order
/// of `inner`, and then `bias`, which may be NULL; `b`'s columns come from `panels` places, `panelStride` apart.
/// Where `isTurned`, rows of `a` are columns in memory: `aStride` lies between neighbours along `inner`.
template <bool isTurned, int rows, int panels, int vectors>
CTORCH_INLINE void tile(
    const Factor *a, int64_t aStride, const Factor *b, int64_t bStride, int64_t panelStride,
    int64_t inner, float *c, int64_t cStride, bool isFirst, const float *bias) {
  Lanes sums[rows][panels * vectors];
  for (int row = 0; row < rows; row++) {
    for (int i = 0; i < panels * vectors; i++) {
      const float *from =
          c + row * cStride + (i / vectors) * panelWidth + (i % vectors) * laneCount;
      sums[row][i] = isFirst ? zero() : load(from);
    }
  }
  for (int64_t k = 0; k < inner; k++) {
    Factors columns[panels * vectors];
    for (int i = 0; i < panels * vectors; i++) {
      columns[i] = loadFactors(b + k * bStride + (i / vectors) * panelStride + (i % vectors) * laneCount);
    }
    for (int row = 0; row < rows; row++) {
      Factors x = broadcast(isTurned ? a[k * aStride + row] : a[row * aStride + k]);
      for (int i = 0; i < panels * vectors; i++) {
        sums[row][i] = fused(x, columns[i], sums[row][i]);
      }
    }
  }
  for (int i = 0; i < panels * vectors; i++) {
    int64_t column = (i / vectors) * panelWidth + (i % vectors) * laneCount;
    for (int row = 0; row < rows; row++) {
      Lanes sum = bias ? plus(sums[row][i], load(bias + column)) : sums[row][i];
      store(c + row * cStride + column, sum);
    }
  }
}

/// `rows` rows times `count` neighbouring panels.
template <bool isTurned, int rows>
void panelsOf(
    const Factor *a, int64_t aStride, const Factor *b, int64_t bStride, int64_t panelStride,
    int64_t count, int64_t inner, float *c, int64_t cStride, bool isFirst, const float *bias) {
  constexpr int vectors = panelWidth / laneCount;
  // Few rows make few sums; several panels at once keep the multipliers busy.
  constexpr int sums = rows * vectors;
  constexpr int together = 4 * sums <= mostSums ? 4 : (2 * sums <= mostSums ? 2 : 1);
  int64_t panel = 0;
  if constexpr (sums <= mostSums) {
    for (; panel + together <= count; panel += together) {
      tile<isTurned, rows, together, vectors>(
          a, aStride, b + panel * panelStride, bStride, panelStride, inner,
          c + panel * panelWidth, cStride, isFirst, bias ? bias + panel * panelWidth : nullptr);
    }
    for (; panel < count; panel++) {
      tile<isTurned, rows, 1, vectors>(
          a, aStride, b + panel * panelStride, bStride, panelStride, inner,
          c + panel * panelWidth, cStride, isFirst, bias ? bias + panel * panelWidth : nullptr);
    }
  } else {
    // Two vectors of columns at a time, where a whole panel's sums would not fit.
    for (; panel < count; panel++) {
      for (int v = 0; v < vectors; v += 2) {
        tile<isTurned, rows, 1, 2>(
            a, aStride, b + panel * panelStride + v * laneCount, bStride, panelStride, inner,
            c + panel * panelWidth + v * laneCount, cStride, isFirst,
            bias ? bias + panel * panelWidth + v * laneCount : nullptr);
      }
    }
  }
}

template <bool isTurned>
void rowsTimesPanels(
    const Factor *a, int64_t aStride, int64_t rows, const Factor *b, int64_t bStride,
    int64_t panelStride, int64_t count, int64_t inner, float *c, int64_t cStride, bool isFirst,
    const float *bias) {
  int64_t row = 0, rowStride = isTurned ? 1 : aStride;
  for (; row + mostRows <= rows; row += mostRows) {
    panelsOf<isTurned, mostRows>(
        a + row * rowStride, aStride, b, bStride, panelStride, count, inner, c + row * cStride,
        cStride, isFirst, bias);
  }
  a += row * rowStride;
  c += row * cStride;
  switch (rows - row) {
#define CTORCH_ROWS(n)                                                                        \
  case n:                                                                                      \
    if constexpr (n < mostRows) {                                                              \
      panelsOf<isTurned, n>(                                                                   \
          a, aStride, b, bStride, panelStride, count, inner, c, cStride, isFirst, bias);       \
    }                                                                                          \
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

// MARK: - Windows

/// `rows` windows times `vectors · laneCount` columns of `b`, whose rows are `bStride` apart.
template <int rows, int vectors>
CTORCH_INLINE void windowTile(
    const Factor *a, const Windows &windows, const Factor *b, int64_t bStride, float *c) {
  Lanes sums[rows][vectors];
  for (int row = 0; row < rows; row++) {
    for (int i = 0; i < vectors; i++) sums[row][i] = zero();
  }
  for (int64_t run = 0; run < windows.runs; run++) {
    const Factor *from = a + run * windows.runStride;
    for (int64_t k = 0; k < windows.runLength; k++) {
      Factors columns[vectors];
      for (int i = 0; i < vectors; i++) columns[i] = loadFactors(b + i * laneCount);
      for (int row = 0; row < rows; row++) {
        Factors x = broadcast(from[row * windows.step + k]);
        for (int i = 0; i < vectors; i++) sums[row][i] = fused(x, columns[i], sums[row][i]);
      }
      b += bStride;
    }
  }
  for (int row = 0; row < rows; row++) {
    for (int i = 0; i < vectors; i++) store(c + row * bStride + i * laneCount, sums[row][i]);
  }
}

/// All windows times `vectors · laneCount` columns.
template <int vectors>
void windowsOf(
    const Factor *a, const Windows &windows, const Factor *b, int64_t columns, float *c) {
  int64_t row = 0;
  for (; row + windowRows <= windows.count; row += windowRows) {
    windowTile<windowRows, vectors>(
        a + row * windows.step, windows, b, columns, c + row * columns);
  }
  for (; row < windows.count; row++) {
    windowTile<1, vectors>(a + row * windows.step, windows, b, columns, c + row * columns);
  }
}

inline void windowsTimesColumns(
    const Factor *a, const Windows &windows, const Factor *b, int64_t columns, float *c) {
  constexpr int64_t most = windowVectors * laneCount;
  int64_t first = 0;
  for (; first + most <= columns; first += most) {
    windowsOf<windowVectors>(a, windows, b + first, columns, c + first);
  }
  // Whole vectors that are left over: one or two of 16 lanes, none of fewer.
  for (; first < columns; first += columnUnit) {
    windowsOf<columnUnit / laneCount>(a, windows, b + first, columns, c + first);
  }
}
