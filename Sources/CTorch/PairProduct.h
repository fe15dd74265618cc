// Products of rows of bfloat16 numbers, two at a time, with the promises of RowProduct.h.
#pragma once

#include <cstdint>

namespace ctorch {

enum class ProductInstructions;
struct Windows;
void setPairInstructions(ProductInstructions instructions);

/// Two neighbouring bfloat16 numbers, the first in the low half.
using Pair = uint32_t;

inline int64_t pairCount(int64_t numbers) { return (numbers + 1) / 2; }

/// The nearest bfloat16 numbers to rows of `count`, each row as whole pairs; magnitudes below 2⁻⁵⁶ become 0.
void roundToPairs(const float *x, int64_t rows, int64_t count, Pair *pairs);

/// `c ← a b + bias`, `a` `[rows, inner]` pairs and `b` panels of `[inner, 32]`: each element is one sum over `inner` in order, of a
/// pair the second product first, each added with one rounding, the bias last; it may be NULL.
void multiplyPairs(
    const Pair *a, int64_t rows, const Pair *b, int64_t panels, int64_t inner, float *c,
    const float *bias);

/// As `multiplyWindows`, with steps, strides and lengths in pairs.
void multiplyPairWindows(
    const Pair *a, const Windows &windows, const Pair *b, int64_t columns, float *c);

}  // namespace ctorch
