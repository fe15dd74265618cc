// Linear layers whose weights are kept in 4 or 8 bits.
//
// libtorch's own kernels for that (_weight_int4pack_mm_for_cpu, _weight_int8pack_mm) read 4-bit weights well for one row, but
// run the whole prompt at less than half the speed of bfloat16, and 8-bit ones slowly always; these run at the speed of byte
// products.
#include "GroupedWeights.h"
#include "Handle.h"
#include "Kernels.h"
#include "Parallel.h"

using namespace ctorch;
using namespace ctorch::grouped;

namespace {

// MARK: - Rounding weights

uint16_t toBFloat16(float value) { return c10::BFloat16(value).x; }

CTORCH_VECTORIZED
void widen(const uint16_t *bits, int64_t count, float *values) {
  for (int64_t i = 0; i < count; i++) values[i] = fromBFloat16(bits[i]);
}

/// The least and the largest number of a group; both NaN where one of them is not finite, so that it is not rounded away.
CTORCH_VECTORIZED
void findRange(const float *w, float *least, float *largest) {
  float low[laneCount], high[laneCount], flaws[laneCount];
  for (int64_t i = 0; i < laneCount; i++) low[i] = high[i] = w[i];
  for (int64_t i = 0; i < laneCount; i++) flaws[i] = w[i] * 0.0f;
  for (int64_t start = laneCount; start < groupSize; start += laneCount) {
    for (int64_t i = 0; i < laneCount; i++) {
      float x = w[start + i];
      low[i] = x < low[i] ? x : low[i];
      high[i] = x > high[i] ? x : high[i];
      flaws[i] += x * 0.0f;
    }
  }
  for (int64_t i = 1; i < laneCount; i++) {
    low[0] = low[i] < low[0] ? low[i] : low[0];
    high[0] = high[i] > high[0] ? high[i] : high[0];
  }
  float flaw = joinedSum(flaws);
  *least = low[0] + flaw;
  *largest = high[0] + flaw;
}

CTORCH_VECTORIZED
void roundWeights(const float *w, float inverse, float least, float levels, uint8_t *q) {
  for (int64_t k = 0; k < groupSize; k++) {
    float x = (w[k] - least) * inverse + 0.5f;
    x = x < 0.0f ? 0.0f : (x > levels ? levels : x);
    q[k] = static_cast<uint8_t>(static_cast<int32_t>(x));
  }
}

/// Rounds a group of weights of one output into its places of a tile, and says by what.
void roundGroup(const float *w, int64_t output, int64_t bits, uint8_t *tile, uint16_t *parameters) {
  float least, largest;
  findRange(w, &least, &largest);
  float levels = static_cast<float>((1 << bits) - 1);
  // Rounded as they are kept, so that numbers are chosen for what they will stand for.
  uint16_t keptLeast = toBFloat16(least);
  uint16_t keptScale = toBFloat16((largest - fromBFloat16(keptLeast)) / levels);
  float scale = fromBFloat16(keptScale);
  uint8_t q[groupSize];
  roundWeights(w, scale > 0 ? 1 / scale : 0, fromBFloat16(keptLeast), levels, q);
  for (int64_t k = 0; k < groupSize; k += 4) std::memcpy(tile + place(output, k), q + k, 4);
  parameters[output] = keptScale;
  parameters[blockSize + output] = keptLeast;
}

/// Two quads a byte.
CTORCH_VECTORIZED
void packed(const uint8_t *tile, uint8_t *half) {
  constexpr int64_t quad = 4 * blockSize;
  for (int64_t pair = 0; pair < groupSize / 8; pair++) {
    const uint8_t *first = tile + 2 * pair * quad, *second = first + quad;
    for (int64_t i = 0; i < quad; i++) {
      half[pair * quad + i] = static_cast<uint8_t>(first[i] | second[i] << 4);
    }
  }
}

CTORCH_VECTORIZED
void unpacked(const uint8_t *half, int64_t tiles, uint8_t *tile) {
  constexpr int64_t quad = 4 * blockSize;
  for (int64_t pair = 0; pair < tiles * groupSize / 8; pair++) {
    const uint8_t *both = half + pair * quad;
    uint8_t *first = tile + 2 * pair * quad, *second = first + quad;
    for (int64_t i = 0; i < quad; i++) first[i] = both[i] & 15;
    for (int64_t i = 0; i < quad; i++) second[i] = both[i] >> 4;
  }
}

/// `count` numbers of row `row` from `first` on, as float32.
void readRow(const at::Tensor &matrix, int64_t row, int64_t first, int64_t count, float *values) {
  int64_t at = row * matrix.size(1) + first;
  if (matrix.scalar_type() == at::kBFloat16) {
    widen(static_cast<const uint16_t *>(matrix.const_data_ptr()) + at, count, values);
  } else {
    std::memcpy(values, elements<float>(matrix) + at, count * sizeof(float));
  }
}

/// A matrix on the CPU whose numbers `readRow` reads.
at::Tensor readable(const at::Tensor &matrix) {
  if (!matrix.device().is_cpu()) throw std::runtime_error("weights in few bits run on the CPU only");
  bool isKnown = matrix.scalar_type() == at::kBFloat16 || matrix.scalar_type() == at::kFloat;
  return (isKnown ? matrix : matrix.to(at::kFloat)).contiguous();
}

// MARK: - Rounding rows

/// `largestValue` is what the largest number of a group becomes.
CTORCH_VECTORIZED
void roundRow(
    const float *x, int64_t groups, float largestValue, int64_t bytes, int8_t *values,
    float *scales) {
  for (int64_t group = 0; group < groups; group++) {
    float largest[laneCount] = {}, sums[laneCount] = {};
    for (int64_t start = 0; start < groupSize; start += laneCount) {
      for (int64_t i = 0; i < laneCount; i++) {
        float value = x[start + i], size = value < 0 ? -value : value;
        largest[i] = size > largest[i] ? size : largest[i];
        sums[i] += value;
      }
    }
    for (int64_t i = 1; i < laneCount; i++) {
      largest[0] = largest[i] > largest[0] ? largest[i] : largest[0];
    }
    float inverse = largest[0] > 0 ? largestValue / largest[0] : 0;
    int32_t whole[groupSize];
    for (int64_t k = 0; k < groupSize; k++) {
      float scaled = x[k] * inverse;
      whole[k] = static_cast<int32_t>(scaled + (scaled < 0 ? -0.5f : 0.5f));
    }
    if (bytes == 1) {
      for (int64_t k = 0; k < groupSize; k++) values[k] = static_cast<int8_t>(whole[k]);
    } else {
      for (int64_t k = 0; k < groupSize; k++) {
        int32_t high = (whole[k] + 128) >> 8;
        values[k] = static_cast<int8_t>(high);
        values[groupSize + k] = static_cast<int8_t>(whole[k] - 256 * high);
      }
    }
    scales[0] = largest[0] / largestValue;
    scales[1] = joinedSum(sums);
    x += groupSize;
    values += groupSize * bytes;
    scales += 2;
  }
}

/// Next to weights of 4 bits a byte an input is exact enough; weights of 8 bits deserve two.
int64_t inputBytes(int64_t bits) { return bits == 4 ? 1 : 2; }

Rows rounded(const at::Tensor &x, int64_t groups, int64_t bytes) {
  Rows rows(x.size(0), groups, bytes);
  parallelFor(rows.count, [&](int64_t row) {
    std::vector<float> values(groups * groupSize, 0);
    readRow(x, row, 0, x.size(1), values.data());
    roundRow(
        values.data(), groups, bytes == 1 ? 127 : 127 * 256, bytes,
        rows.values.data() + row * groups * groupSize * bytes,
        rows.scales.data() + row * groups * 2);
  });
  return rows;
}

// MARK: - Products

/// Groups whose bytes are unpacked together: they stay in the cache while all rows pass.
constexpr int64_t groupsAtOnce = 4;

/// Sums `[rows, blockSize]` of one block.
void multiply(
    const Weights &weights, int64_t block, const Rows &rows, bool isPortable, float *sums) {
  auto stored = weights.bits == 4 && rows.count == 1 && !isPortable ? accumulateStoredRow() : nullptr;
  if (stored) return stored(weights, block, weights.tile(block, 0), 0, weights.groups, rows, sums);
  auto fast = isPortable ? nullptr : accumulateWithByteProducts(rows.bytes);
  auto accumulate = fast ? fast : accumulatePortably;
  uint8_t tiles[groupsAtOnce * tileSize];
  for (int64_t first = 0; first < weights.groups; first += groupsAtOnce) {
    int64_t count = std::min(groupsAtOnce, weights.groups - first);
    const uint8_t *kept = weights.tile(block, first);
    if (weights.bits == 4) unpacked(kept, count, tiles);
    accumulate(weights, block, weights.bits == 4 ? tiles : kept, first, count, rows, sums);
  }
}

CTORCH_VECTORIZED
void addTo(float *result, const float *sums, const float *offset, int64_t count) {
  if (!offset) {
    std::memcpy(result, sums, count * sizeof(float));
    return;
  }
  for (int64_t o = 0; o < count; o++) result[o] = sums[o] + offset[o];
}

Weights weightsOf(
    const CTorchTensor *values, const CTorchTensor *parameters, int64_t bits, int64_t outputs) {
  const auto &kept = get(parameters);
  return {
      elements<uint8_t>(get(values)),
      static_cast<const uint16_t *>(kept.const_data_ptr()), bits, outputs, kept.size(1)};
}

}  // namespace

bool ctorch_quantize(
    const CTorchTensor *weight, int64_t bits, CTorchTensor **values, CTorchTensor **parameters) {
  return guarded(false, [&] {
    at::NoGradGuard noGradient;
    auto w = readable(get(weight).detach());
    int64_t outputs = w.size(0), inputs = w.size(1);
    int64_t blocks = dividedUp(outputs, blockSize), groups = dividedUp(inputs, groupSize);
    auto q = at::empty({blocks * groups * tileSize * bits / 8}, at::kByte);
    auto p = at::zeros({blocks, groups, 2, blockSize}, at::kBFloat16);
    Weights made{
        elements<uint8_t>(q), static_cast<const uint16_t *>(p.const_data_ptr()), bits,
        outputs, groups};
    parallelFor(blocks * groups, [&](int64_t index) {
      int64_t block = index / groups, group = index % groups;
      auto *stored = const_cast<uint8_t *>(made.tile(block, group));
      auto *ranges = const_cast<uint16_t *>(made.parametersOf(block, group));
      uint8_t tile[tileSize] = {};
      float row[groupSize];
      for (int64_t o = 0; o < std::min(blockSize, outputs - block * blockSize); o++) {
        int64_t first = group * groupSize, count = std::min(groupSize, inputs - first);
        readRow(w, block * blockSize + o, first, count, row);
        // What is missing from the last group must not widen its range.
        std::fill(row + count, row + groupSize, row[0]);
        roundGroup(row, o, bits, tile, ranges);
      }
      if (bits == 4) {
        packed(tile, stored);
      } else {
        std::memcpy(stored, tile, tileSize);
      }
    });
    *values = make(q);
    *parameters = make(p);
    return true;
  });
}

CTorchTensor *ctorch_quantized_linear(
    const CTorchTensor *input, const CTorchTensor *values, const CTorchTensor *parameters,
    int64_t bits, int64_t outputs, const CTorchTensor *bias, bool hasBias, bool isPortable) {
  return tensor([&] {
    at::NoGradGuard noGradient;
    const auto &given = get(input);
    auto weights = weightsOf(values, parameters, bits, outputs);
    auto x = readable(given.detach().reshape({-1, given.size(-1)}));
    auto rows = rounded(x, weights.groups, inputBytes(bits));
    auto added = optionalTensor(bias, hasBias);
    if (added.has_value()) added = added->to(at::kFloat).contiguous();
    auto y = at::empty({rows.count, outputs}, at::kFloat);
    auto *result = y.mutable_data_ptr<float>();
    parallelFor(weights.blocks(), [&](int64_t block) {
      std::vector<float> sums(rows.count * blockSize, 0);
      multiply(weights, block, rows, isPortable, sums.data());
      int64_t first = block * blockSize, count = std::min(blockSize, outputs - first);
      const float *offset = added.has_value() ? elements<float>(*added) + first : nullptr;
      for (int64_t row = 0; row < rows.count; row++) {
        addTo(result + row * outputs + first, sums.data() + row * blockSize, offset, count);
      }
    });
    auto shape = given.sizes().vec();
    shape.back() = outputs;
    return y.to(given.scalar_type()).view(shape);
  });
}

CTorchTensor *ctorch_dequantized(
    const CTorchTensor *values, const CTorchTensor *parameters, int64_t bits, int64_t outputs,
    int64_t inputs) {
  return tensor([&] {
    auto weights = weightsOf(values, parameters, bits, outputs);
    auto w = at::empty({outputs, inputs}, at::kFloat);
    auto *result = w.mutable_data_ptr<float>();
    for (int64_t block = 0; block < weights.blocks(); block++) {
      for (int64_t group = 0; group < weights.groups; group++) {
        uint8_t tile[tileSize];
        if (bits == 4) {
          unpacked(weights.tile(block, group), 1, tile);
        } else {
          std::memcpy(tile, weights.tile(block, group), tileSize);
        }
        const uint16_t *ranges = weights.parametersOf(block, group);
        for (int64_t o = 0; o < std::min(blockSize, outputs - block * blockSize); o++) {
          for (int64_t k = 0; k < std::min(groupSize, inputs - group * groupSize); k++) {
            result[(block * blockSize + o) * inputs + group * groupSize + k] =
                tile[place(o, k)] * fromBFloat16(ranges[o]) + fromBFloat16(ranges[blockSize + o]);
          }
        }
      }
    }
    return w;
  });
}
