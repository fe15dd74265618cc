// Weights in 4 or 8 bits, grouped along the inputs, and the layout in which products read them.
//
// A weight w of output o and input k is q · scale + least, where q is a whole number of 0 ..< 2^bits, and scale and least
// (both bfloat16) belong to o and the group of 128 inputs that holds k.
//
// Outputs come in blocks of 32 and inputs in groups of 128; what is missing from the last ones is zero. Within a block,
// quads of four consecutive inputs follow each other, and within a quad 32 outputs with their four numbers each: one 64-byte
// vector holds 16 outputs, as the processor's four-term products of bytes want them. In 4 bits a byte of quad 2i holds its own
// number below and that of quad 2i + 1 above.
#pragma once

#include <cstdint>
#include <vector>

namespace ctorch::grouped {

constexpr int64_t groupSize = 128;
constexpr int64_t blockSize = 32;
/// Bytes of one group of one block, a byte a number.
constexpr int64_t tileSize = groupSize * blockSize;
/// Scales of a block's outputs for one group, then their least values.
constexpr int64_t parameterCount = 2 * blockSize;

inline int64_t dividedUp(int64_t count, int64_t by) { return (count + by - 1) / by; }

/// Where output `o` of a block and input `k` of a group stand in a tile.
constexpr int64_t place(int64_t o, int64_t k) { return k / 4 * 4 * blockSize + o * 4 + k % 4; }

struct Weights {
  const uint8_t *values;
  const uint16_t *parameters;
  int64_t bits, outputs, groups;

  int64_t blocks() const { return dividedUp(outputs, blockSize); }
  const uint8_t *tile(int64_t block, int64_t group) const {
    return values + (block * groups + group) * tileSize * bits / 8;
  }
  const uint16_t *parametersOf(int64_t block, int64_t group) const {
    return parameters + (block * groups + group) * parameterCount;
  }
};

/// Rows of a product's left side in whole numbers: x ≈ value · scale, with one scale for each group, and each group's sum of x.
///
/// A value has one signed byte, or two: 256 · high + low. A group's high bytes come before its low ones.
struct Rows {
  int64_t count, groups, bytes;
  std::vector<int8_t> values;
  /// `[count, groups, 2]`: scale and sum.
  std::vector<float> scales;

  Rows(int64_t count, int64_t groups, int64_t bytes)
      : count(count), groups(groups), bytes(bytes), values(count * groups * groupSize * bytes, 0),
        scales(count * groups * 2, 0) {}

  const int8_t *valuesOf(int64_t row, int64_t group) const {
    return values.data() + (row * groups + group) * groupSize * bytes;
  }
  const float *scalesOf(int64_t row, int64_t group) const {
    return scales.data() + (row * groups + group) * 2;
  }
};

/// Sums over some groups for all rows and the outputs of one block, added to `sums` `[rows.count, blockSize]`.
///
/// `tiles` holds the groups `first ..< first + count` of the block, a byte a number.
using Accumulate = void (*)(
    const Weights &weights, int64_t block, const uint8_t *tiles, int64_t first, int64_t count,
    const Rows &rows, float *sums);

void accumulatePortably(
    const Weights &weights, int64_t block, const uint8_t *tiles, int64_t first, int64_t count,
    const Rows &rows, float *sums);

/// The same, to the bit, for values of so many bytes, with the four-term byte products of AVX-512 VNNI; NULL where the
/// processor lacks them.
Accumulate accumulateWithByteProducts(int64_t bytes);

/// For one row and weights of 4 bits, whose tiles are given as they are stored; NULL where the processor lacks byte products.
Accumulate accumulateStoredRow();

}  // namespace ctorch::grouped
