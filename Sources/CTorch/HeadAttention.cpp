// Attention of every query to every key that a mask leaves, on the CPU, one head at a time while its scores are in the cache.
//
// The weights are kept for the gradient. The composed form in Swift serves whatever is not float32, and the tests compare with it.
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

#include "AttentionHead.h"
#include "HeadTensors.h"
#include "Parallel.h"

using namespace ctorch;
using namespace ctorch::attention;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// Queries, keys, values or outputs, `[B, heads, N, d]`: one head of one batch entry is a matrix.
template <typename Element>
struct AllHeads {
  Element *data;
  int64_t batchStride, headStride, rowStride;

  Matrix<Element> operator()(int64_t entry, int64_t head) const {
    return {data + entry * batchStride + head * headStride, rowStride};
  }
};

AllHeads<const float> read(const at::Tensor &x) {
  return {elements<float>(x), x.stride(0), x.stride(1), x.stride(2)};
}

AllHeads<float> written(at::Tensor &x) {
  return {x.mutable_data_ptr<float>(), x.stride(0), x.stride(1), x.stride(2)};
}

/// `[B, heads, N, d]` with the memory of `[B, N, heads, d]`, which joins the heads of a row without a copy.
at::Tensor joinable(const at::Tensor &like, bool isZero) {
  std::vector<int64_t> shape{like.size(0), like.size(2), like.size(1), like.size(3)};
  auto memory = isZero ? at::zeros(shape, like.options()) : at::empty(shape, like.options());
  return memory.transpose(1, 2);
}

template <typename Body>
void forEachHead(const at::Tensor &q, Body &&body) {
  int64_t heads = q.size(1);
  parallelFor(q.size(0) * heads, [&](int64_t index) { body(index / heads, index % heads); });
}

/// Each query's scores lie whole panels apart.
int64_t weightCount(const at::Tensor &q, const at::Tensor &k) {
  return q.size(2) * wholePanels(k.size(2));
}

struct HeadAttention : torch::autograd::Function<HeadAttention> {
  /// The output and its weights. `mask` is `[B, 1, 1, keys]`, or has no elements.
  static std::pair<at::Tensor, at::Tensor> attended(
      const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, const at::Tensor &mask,
      float scale) {
    int64_t queries = q.size(2), keys = k.size(2), width = q.size(3), count = weightCount(q, k);
    auto output = joinable(q, false);
    auto weights = at::empty({q.size(0) * q.size(1) * count}, q.options());
    auto allQ = read(q), allK = read(k), allV = read(v);
    auto allO = written(output);
    float *kept = weights.mutable_data_ptr<float>();
    const float *masks = mask.numel() > 0 ? elements<float>(mask) : nullptr;
    forEachHead(q, [&](int64_t entry, int64_t head) {
      Output p{kept + (entry * q.size(1) + head) * count, wholePanels(keys)};
      Turned(allK(entry, head), keys, width, scale, Turned::Slot::prefix)
          .multiply(allQ(entry, head), queries, p);
      if (masks) addToRows(p.data, queries, keys, p.stride, masks + entry * keys);
      softmaxRows(p.data, queries, keys, p.stride, Visibility{keys, 0});
      multiply(queries, width, keys, p, allV(entry, head), allO(entry, head), false);
    });
    return {output, weights};
  }

  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
      const at::Tensor &mask, double scale) {
    auto [output, weights] = attended(q, k, v, mask, static_cast<float>(scale));
    context->save_for_backward({q, k, v, weights});
    context->saved_data["scale"] = scale;
    return output;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    const auto &q = saved[0], &k = saved[1], &v = saved[2];
    auto scale = static_cast<float>(context->saved_data["scale"].toDouble());
    int64_t queries = q.size(2), keys = k.size(2), width = q.size(3), count = weightCount(q, k);
    auto gradient = withDenseRows(gradients[0]);
    auto dq = joinable(q, false), dk = joinable(k, true), dv = joinable(v, true);
    auto allQ = read(q), allK = read(k), allV = read(v), allDO = read(gradient);
    auto allDQ = written(dq), allDK = written(dk), allDV = written(dv);
    const float *weights = elements<float>(saved[3]);
    forEachHead(q, [&](int64_t entry, int64_t head) {
      static thread_local std::vector<float> memory;
      if (static_cast<int64_t>(memory.size()) < count) memory.resize(static_cast<size_t>(count));
      int64_t stride = wholePanels(keys);
      Input p{weights + (entry * q.size(1) + head) * count, stride}, dO = allDO(entry, head);
      Output dp{memory.data(), stride};
      addTurned(keys, width, queries, p, dO, allDV(entry, head));
      Turned(allV(entry, head), keys, width, 1, Turned::Slot::prefix).multiply(dO, queries, dp);
      softmaxRowsGradient(p.data, dp.data, queries, keys, stride, scale);
      multiply(queries, width, keys, dp, allK(entry, head), allDQ(entry, head), false);
      addTurned(keys, width, queries, dp, allQ(entry, head), allDK(entry, head));
    });
    return {dq, dk, dv, at::Tensor(), at::Tensor()};
  }
};

}  // namespace

bool ctorch_reads_heads(const CTorchTensor *tensor) {
  return tensor != nullptr && readsHeads(tensor->value);
}

CTorchTensor *ctorch_head_attention(
    const CTorchTensor *query, const CTorchTensor *key, const CTorchTensor *value,
    const CTorchTensor *mask, bool hasMask, double scale) {
  return tensor([&] {
    HeadTensors all(query, key, value, mask, hasMask);
    return HeadAttention::apply(all.q, all.k, all.v, all.mask, scale);
  });
}
