// Queries, keys and values, `[B, heads, N, d]`, whose heads are read where they lie.
#pragma once

#include "Handle.h"

namespace ctorch {

inline bool readsHeads(const at::Tensor &x) {
  return x.device().is_cpu() && x.scalar_type() == at::kFloat && x.dim() == 4 && x.numel() > 0;
}

/// The numbers of a row side by side.
inline at::Tensor withDenseRows(const at::Tensor &x) {
  return x.stride(3) == 1 ? x : x.contiguous();
}

/// Three that fit together, each with dense rows, and what is added to the scores of a batch entry's keys.
struct HeadTensors {
  at::Tensor q, k, v;
  /// `[B, 1, 1, keys]`; without elements where nothing is.
  at::Tensor mask;

  HeadTensors(
      const CTorchTensor *query, const CTorchTensor *key, const CTorchTensor *value,
      const CTorchTensor *given, bool hasMask) {
    if (!readsHeads(get(query)) || !readsHeads(get(key)) || !readsHeads(get(value))) {
      throw std::runtime_error("attention by heads got tensors that it can't take");
    }
    q = withDenseRows(get(query));
    k = withDenseRows(get(key));
    v = withDenseRows(get(value));
    if (k.sizes() != at::IntArrayRef({q.size(0), q.size(1), k.size(2), q.size(3)}) ||
        v.sizes() != k.sizes()) {
      throw std::runtime_error("attention by heads got keys and values of other shapes");
    }
    mask = at::empty({0}, q.options());
    if (hasMask) {
      mask = get(given).to(at::kFloat).expand({q.size(0), 1, 1, k.size(2)}).contiguous();
    }
  }
};

}  // namespace ctorch
