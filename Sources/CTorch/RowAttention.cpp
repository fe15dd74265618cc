// Attention of rows: products by `multiplyPanels`, so that neither vector widths nor other rows change a bit.
#include "RowAttention.h"

#include <algorithm>
#include <vector>

#include "HeadTensors.h"
#include "Kernels.h"
#include "Parallel.h"
#include "RowProduct.h"

using namespace ctorch;

namespace ctorch {

namespace {

float *memory(int64_t count) {
  static thread_local std::vector<float> memory;
  if (static_cast<int64_t>(memory.size()) < count) memory.resize(static_cast<size_t>(count));
  return memory.data();
}

/// Keys as columns: panels of 32 keys, each `[width, 32]`, times `scale`; missing keys are zero.
void turnKeys(HeadRows<const float> k, int64_t keys, int64_t width, float scale, float *panels) {
  std::fill_n(panels, panelCount(keys) * panelWidth * width, 0.0f);
  for (int64_t key = 0; key < keys; key++) {
    const float *from = k.data + key * k.stride;
    float *to = panels + key / panelWidth * width * panelWidth + key % panelWidth;
    for (int64_t i = 0; i < width; i++) to[i * panelWidth] = from[i] * scale;
  }
}

/// Values with their width rounded up to whole panels.
void widenValues(HeadRows<const float> v, int64_t keys, int64_t width, float *rows) {
  int64_t wide = panelCount(width) * panelWidth;
  for (int64_t key = 0; key < keys; key++) {
    std::copy_n(v.data + key * v.stride, width, rows + key * wide);
    std::fill_n(rows + key * wide + width, wide - width, 0.0f);
  }
}

CTORCH_VECTORIZED
void weigh(float *scores, int64_t rows, int64_t columns, const Sight &sight) {
  for (int64_t row = 0; row < rows; row++) {
    float *own = scores + row * columns;
    if (sight.mask) {
      for (int64_t i = 0; i < sight.keys; i++) own[i] += sight.mask[i];
    }
    softmaxRow(own, sight.isCausal ? std::min(row + 1, sight.keys) : sight.keys, columns);
  }
}

/// One query needs no panels: a sum for each key, then one for each number.
CTORCH_VECTORIZED
void attendOne(
    const float *q, int64_t width, const Sight &sight, float scale, HeadRows<const float> k,
    HeadRows<const float> v, float *scores, float *output) {
  for (int64_t key = 0; key < sight.keys; key++) {
    scores[key] = dot(q, k.data + key * k.stride, width) * scale;
    if (sight.mask) scores[key] += sight.mask[key];
  }
  softmaxRow(scores, sight.keys, sight.keys);
  for (int64_t i = 0; i < width; i++) output[i] = 0;
  for (int64_t key = 0; key < sight.keys; key++) {
    const float *value = v.data + key * v.stride;
    for (int64_t i = 0; i < width; i++) output[i] += scores[key] * value[i];
  }
}

}  // namespace

void attendRows(
    int64_t queries, int64_t width, const Sight &sight, float scale, HeadRows<const float> q,
    HeadRows<const float> k, HeadRows<const float> v, HeadRows<float> output) {
  int64_t keyPanels = panelCount(sight.keys), columns = keyPanels * panelWidth;
  int64_t widePanels = panelCount(width), wide = widePanels * panelWidth;
  if (queries == 1) {
    attendOne(q.data, width, sight, scale, k, v, memory(sight.keys), output.data);
    return;
  }
  float *turned = memory(columns * width + sight.keys * wide + queries * (columns + wide));
  float *values = turned + columns * width;
  float *scores = values + sight.keys * wide;
  float *results = scores + queries * columns;
  turnKeys(k, sight.keys, width, scale, turned);
  widenValues(v, sight.keys, width, values);
  multiplyPanels(
      q.data, q.stride, queries, turned, panelWidth, width * panelWidth, keyPanels, width, scores,
      columns);
  weigh(scores, queries, columns, sight);
  multiplyPanels(
      scores, columns, queries, values, wide, panelWidth, widePanels, sight.keys, results, wide);
  for (int64_t row = 0; row < queries; row++) {
    std::copy_n(results + row * wide, width, output.data + row * output.stride);
  }
}

}  // namespace ctorch

// MARK: - C functions

bool ctorch_acts_by_rows(const CTorchTensor *tensor) {
  return tensor != nullptr && !c10::GradMode::is_enabled() && tensor->value.device().is_cpu() &&
         tensor->value.scalar_type() == at::kFloat;
}

CTorchTensor *ctorch_row_attention(
    const CTorchTensor *query, const CTorchTensor *key, const CTorchTensor *value,
    const CTorchTensor *mask, bool hasMask, double scale) {
  return tensor([&] {
    HeadTensors all(query, key, value, mask, hasMask);
    const auto &q = all.q, &k = all.k, &v = all.v;
    int64_t batch = q.size(0), heads = q.size(1), queries = q.size(2), width = q.size(3);
    int64_t keys = k.size(2);
    auto output = at::empty({batch, queries, heads, width}, q.options());
    float *out = output.mutable_data_ptr<float>();
    const float *qs = elements<float>(q), *ks = elements<float>(k);
    const float *vs = elements<float>(v);
    const float *masks = hasMask ? elements<float>(all.mask) : nullptr;
    parallelFor(batch * heads, [&](int64_t index) {
      int64_t b = index / heads, h = index % heads;
      Sight sight{keys, false, masks ? masks + b * keys : nullptr};
      attendRows(
          queries, width, sight, static_cast<float>(scale),
          {qs + b * q.stride(0) + h * q.stride(1), q.stride(2)},
          {ks + b * k.stride(0) + h * k.stride(1), k.stride(2)},
          {vs + b * v.stride(0) + h * v.stride(1), v.stride(2)},
          {out + (b * queries * heads + h) * width, heads * width});
    });
    return output.transpose(1, 2);
  });
}

CTorchTensor *ctorch_cached_attention(
    const CTorchTensor *query, const CTorchTensor *key, const CTorchTensor *value,
    CTorchTensor *keyCache, CTorchTensor *valueCache, const int64_t *positions, double scale) {
  return tensor([&] {
    const auto &q = get(query), &k = get(key), &v = get(value);
    const auto &keys = get(keyCache), &values = get(valueCache);
    bool fits = q.dim() == 3 && k.dim() == 3 && keys.dim() == 4 && v.sizes() == k.sizes() &&
                values.sizes() == keys.sizes() && keys.size(0) == q.size(0) &&
                keys.size(2) == k.size(1) && keys.size(3) == q.size(2) && k.size(2) == q.size(2) &&
                k.size(0) == q.size(0) && k.size(1) > 0 && q.size(1) % k.size(1) == 0;
    for (const auto *x : {&q, &k, &v, &keys, &values}) {
      fits = fits && x->device().is_cpu() && x->scalar_type() == at::kFloat && x->is_contiguous();
    }
    if (!fits) throw std::runtime_error("cached attention got tensors that it can't take");
    int64_t rows = q.size(0), heads = q.size(1), groups = k.size(1), width = q.size(2);
    int64_t length = keys.size(1), stride = groups * width;
    for (int64_t row = 0; row < rows; row++) {
      if (positions[row] < 0 || positions[row] >= length) {
        throw std::runtime_error("the key-value cache has no room for another token");
      }
    }
    auto output = at::empty({rows, heads * width}, q.options());
    float *out = output.mutable_data_ptr<float>();
    float *ks = keys.mutable_data_ptr<float>(), *vs = values.mutable_data_ptr<float>();
    const float *qs = elements<float>(q);
    const float *newKeys = elements<float>(k), *newValues = elements<float>(v);
    parallelFor(rows, [&](int64_t row) {
      float *ownKeys = ks + row * length * stride, *ownValues = vs + row * length * stride;
      std::copy_n(newKeys + row * stride, stride, ownKeys + positions[row] * stride);
      std::copy_n(newValues + row * stride, stride, ownValues + positions[row] * stride);
      for (int64_t head = 0; head < heads; head++) {
        int64_t group = head / (heads / groups) * width;
        attendRows(
            1, width, Sight{positions[row] + 1}, static_cast<float>(scale),
            {qs + (row * heads + head) * width, width}, {ownKeys + group, stride},
            {ownValues + group, stride}, {out + (row * heads + head) * width, width});
      }
    });
    return output;
  });
}
