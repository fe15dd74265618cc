// Products of the small matrices of one attention head, by `multiplyPanels`: the same bits on any processor.
#pragma once

#include <cstdint>

#include "RowProduct.h"

namespace ctorch::attention {

/// A row-major matrix inside a larger one.
template <typename Element>
struct Matrix {
  Element *data;
  int64_t stride;

  Matrix rows(int64_t first) const { return {data + first * stride, stride}; }
  Matrix columns(int64_t first) const { return {data + first, stride}; }
  operator Matrix<const Element>() const { return {data, stride}; }
};
using Input = Matrix<const float>;
using Output = Matrix<float>;

/// How many numbers a row of scores with `columns` of them is written as.
inline int64_t wholePanels(int64_t columns) { return panelCount(columns) * panelWidth; }

/// Rows as the columns of a product's second factor, in memory that the next of the same `slot` on this thread takes.
class Turned {
 public:
  /// Two are held at once at most: that of a sequence, and that of one continuation.
  enum class Slot { prefix, continuation };

  /// `b` is `[rows, width]`; each number is multiplied with `scale`.
  Turned(Input b, int64_t rows, int64_t width, float scale, Slot slot);

  /// `c ← a · bᵀ`, `a` `[m, width]`; `wholePanels(rows)` numbers are written of each row of `c`.
  void multiply(Input a, int64_t m, Output c) const;

 private:
  const float *panels;
  int64_t rows, width;
};

/// `c ← a b`, or `c + a b` where it `adds`: `a` is `[m, k]`, `b` `[k, n]`, and no more than n numbers are written of each row of `c`.
void multiply(int64_t m, int64_t n, int64_t k, Input a, Input b, Output c, bool adds);

/// `c ← c + aᵀ b`: `a` is `[k, m]`, `b` `[k, n]`, and no more than n numbers are written of each row of `c`.
void addTurned(int64_t m, int64_t n, int64_t k, Input a, Input b, Output c);

}  // namespace ctorch::attention
