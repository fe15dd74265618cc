// Attention on the CPU, one head at a time while its scores are in the cache.
//
// Prefixes with continuations, and queries, keys and values in one tensor; `HeadAttention.cpp` has what a mask hides. The weights are
// kept for the gradient. Dense float32 only; the composed form in Swift serves everything else, and the tests compare with it.
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

#include "AttentionHead.h"
#include "Handle.h"
#include "Parallel.h"
#include "RowAttention.h"

using namespace ctorch;
using namespace ctorch::attention;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

// MARK: - All heads

/// Heads side by side in each row: `heads` of queries, `groups` of keys and values, each `width`
/// wide.
struct Heads {
  int64_t heads, groups, width;
};

/// A thread's memory for scores that nobody keeps.
float *scratchMemory(int64_t count) {
  static thread_local std::vector<float> memory;
  if (static_cast<int64_t>(memory.size()) < count) memory.resize(static_cast<size_t>(count));
  return memory.data();
}

/// Calls `body(entry, head, group)` for every head of every batch entry; the heads of one group,
/// which share the gradients of keys and values, run one after another.
template <typename Body>
void forEachHead(const Layout &layout, const Heads &heads, Body &&body) {
  parallelFor(layout.batch * heads.groups, [&](int64_t index) {
    int64_t entry = index / heads.groups, group = index % heads.groups;
    int64_t perGroup = heads.heads / heads.groups;
    for (int64_t i = 0; i < perGroup; i++) body(entry, group * perGroup + i, group);
  });
}

/// Whole sequences without continuations, row by row.
void attendAllByRows(
    const Layout &layout, const Heads &heads, Input q, Input k, Input v, Output o) {
  forEachHead(layout, heads, [&](int64_t entry, int64_t head, int64_t group) {
    int64_t own = head * heads.width, shared = group * heads.width, row = layout.prefixRow(entry);
    Input ownQ = q.rows(row).columns(own), ownK = k.rows(row).columns(shared);
    Input ownV = v.rows(row).columns(shared);
    Output ownO = o.rows(row).columns(own);
    attendRows(
        layout.prefix, heads.width, Sight{layout.prefix, layout.isCausal}, layout.scale,
        {ownQ.data, ownQ.stride}, {ownK.data, ownK.stride}, {ownV.data, ownV.stride},
        {ownO.data, ownO.stride});
  });
}

/// `weights` is NULL where no gradient will be asked for.
void attendAll(
    const Layout &layout, const Heads &heads, Input q, Input k, Input v, Output o,
    float *weights) {
  if (weights == nullptr && layout.hasPrefixQueries && layout.queries() == 0) {
    return attendAllByRows(layout, heads, q, k, v, o);
  }
  int64_t count = layout.weightCount();
  forEachHead(layout, heads, [&](int64_t entry, int64_t head, int64_t group) {
    float *kept = weights ? weights + (entry * heads.heads + head) * count : scratchMemory(count);
    int64_t own = head * heads.width, shared = group * heads.width;
    attend(
        layout, entry, heads.width, q.columns(own), k.columns(shared), v.columns(shared),
        o.columns(own), kept);
  });
}

void attendAllBackward(
    const Layout &layout, const Heads &heads, Input q, Input k, Input v, const float *weights,
    Input dO, Output dq, Output dk, Output dv) {
  int64_t count = layout.weightCount();
  forEachHead(layout, heads, [&](int64_t entry, int64_t head, int64_t group) {
    int64_t own = head * heads.width, shared = group * heads.width;
    attendBackward(
        layout, entry, heads.width, q.columns(own), k.columns(shared), v.columns(shared),
        weights + (entry * heads.heads + head) * count, dO.columns(own), dq.columns(own),
        dk.columns(shared), dv.columns(shared), scratchMemory(count));
  });
}

at::Tensor keptWeights(
    const Layout &layout, const Heads &heads, const at::Tensor &like, bool keeps) {
  int64_t count = layout.batch * heads.heads * layout.weightCount();
  return at::empty({keeps ? count : 0}, like.options());
}

bool isFusible(const at::Tensor &x) {
  return x.device().is_cpu() && x.scalar_type() == at::kFloat && x.is_contiguous() &&
         x.numel() > 0;
}

bool willNeedGradient(const at::Tensor &x) {
  return at::GradMode::is_enabled() && x.requires_grad();
}

// MARK: - Gradient functions

/// Queries `[rows, heads, d]`, keys and values `[rows, groups, d]`: all prefixes, then all
/// continuations.
struct PackedAttention : torch::autograd::Function<PackedAttention> {
  /// The output, and the weights where they are kept.
  static std::pair<at::Tensor, at::Tensor> attended(
      const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, Layout layout,
      bool keepsWeights) {
    Heads heads{q.size(1), k.size(1), q.size(2)};
    int64_t queryStride = heads.heads * heads.width, keyStride = heads.groups * heads.width;
    auto output = at::empty({layout.outputRows(), queryStride}, q.options());
    auto weights = keptWeights(layout, heads, q, keepsWeights);
    attendAll(
        layout, heads, {elements<float>(q), queryStride},
        {elements<float>(k), keyStride}, {elements<float>(v), keyStride},
        {output.mutable_data_ptr<float>(), queryStride},
        keepsWeights ? weights.mutable_data_ptr<float>() : nullptr);
    return {output, weights};
  }

  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
      Layout layout, bool keepsWeights) {
    auto [output, weights] = attended(q, k, v, layout, keepsWeights);
    context->save_for_backward({q, k, v, weights});
    context->saved_data["layout"] = std::vector<int64_t>{
        layout.batch, layout.prefix, layout.segments, layout.length, layout.isCausal,
        layout.hasPrefixQueries};
    context->saved_data["scale"] = static_cast<double>(layout.scale);
    return output;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto numbers = context->saved_data["layout"].toIntVector();
    Layout layout{
        numbers[0], numbers[1], numbers[2], numbers[3], numbers[4] != 0, numbers[5] != 0,
        static_cast<float>(context->saved_data["scale"].toDouble())};
    auto gradient = gradients[0].contiguous();
    const auto &q = saved[0], &k = saved[1], &v = saved[2];
    Heads heads{q.size(1), k.size(1), q.size(2)};
    int64_t queryStride = heads.heads * heads.width, keyStride = heads.groups * heads.width;
    auto dq = at::zeros_like(q), dk = at::zeros_like(k), dv = at::zeros_like(v);
    attendAllBackward(
        layout, heads, {elements<float>(q), queryStride},
        {elements<float>(k), keyStride}, {elements<float>(v), keyStride},
        elements<float>(saved[3]), {elements<float>(gradient), queryStride},
        {dq.mutable_data_ptr<float>(), queryStride}, {dk.mutable_data_ptr<float>(), keyStride},
        {dv.mutable_data_ptr<float>(), keyStride});
    return {dq, dk, dv, at::Tensor(), at::Tensor()};
  }
};

/// Queries, keys and values of `[B, N, 3 · heads · d]` in one tensor, every token seeing all.
struct JointAttention : torch::autograd::Function<JointAttention> {
  static Layout layout(const at::Tensor &qkv, double scale) {
    return {qkv.size(0), qkv.size(1), 0, 0, false, true, static_cast<float>(scale)};
  }

  /// The output, and the weights where they are kept.
  static std::pair<at::Tensor, at::Tensor> attended(
      const at::Tensor &qkv, int64_t headCount, double scale, bool keepsWeights) {
    auto layout = JointAttention::layout(qkv, scale);
    int64_t stride = qkv.size(2), width = stride / 3;
    Heads heads{headCount, headCount, width / headCount};
    auto output = at::empty({qkv.size(0), qkv.size(1), width}, qkv.options());
    auto weights = keptWeights(layout, heads, qkv, keepsWeights);
    Input all{elements<float>(qkv), stride};
    attendAll(
        layout, heads, all, all.columns(width), all.columns(2 * width),
        {output.mutable_data_ptr<float>(), width},
        keepsWeights ? weights.mutable_data_ptr<float>() : nullptr);
    return {output, weights};
  }

  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &qkv, int64_t headCount, double scale,
      bool keepsWeights) {
    auto [output, weights] = attended(qkv, headCount, scale, keepsWeights);
    context->save_for_backward({qkv, weights});
    context->saved_data["heads"] = headCount;
    context->saved_data["scale"] = scale;
    return output;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto gradient = gradients[0].contiguous();
    const auto &qkv = saved[0];
    auto layout = JointAttention::layout(qkv, context->saved_data["scale"].toDouble());
    int64_t headCount = context->saved_data["heads"].toInt();
    int64_t stride = qkv.size(2), width = stride / 3;
    auto result = at::zeros_like(qkv);
    Input all{elements<float>(qkv), stride};
    Output d{result.mutable_data_ptr<float>(), stride};
    attendAllBackward(
        layout, Heads{headCount, headCount, width / headCount}, all, all.columns(width),
        all.columns(2 * width), elements<float>(saved[1]),
        {elements<float>(gradient), width}, d, d.columns(width), d.columns(2 * width));
    return {result, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

// MARK: - C functions

bool ctorch_can_fuse_attention(const CTorchTensor *tensor) {
  return tensor != nullptr && isFusible(tensor->value);
}

CTorchTensor *ctorch_packed_attention(
    const CTorchTensor *query, const CTorchTensor *key, const CTorchTensor *value,
    CTorchPackedLayout packed, double scale) {
  return tensor([&] {
    const auto &q = get(query), &k = get(key), &v = get(value);
    Layout layout{
        packed.batch, packed.prefixLength, packed.segmentCount, packed.segmentLength, true,
        packed.hasPrefixQueries, static_cast<float>(scale)};
    int64_t rows = layout.batch * (layout.prefix + layout.queries());
    bool fits = q.dim() == 3 && k.dim() == 3 && v.sizes() == k.sizes() && q.size(0) == rows &&
                k.size(0) == rows && q.size(2) == k.size(2) && q.size(1) % k.size(1) == 0;
    if (!fits || !isFusible(q) || !isFusible(k) || !isFusible(v)) {
      throw std::runtime_error("packed attention got tensors that it can't take");
    }
    if (!at::GradMode::is_enabled()) {
      return PackedAttention::attended(q, k, v, layout, false).first;
    }
    bool keeps = willNeedGradient(q) || willNeedGradient(k) || willNeedGradient(v);
    return PackedAttention::apply(q, k, v, layout, keeps);
  });
}

CTorchTensor *ctorch_joint_attention(const CTorchTensor *joint, int64_t heads, double scale) {
  return tensor([&] {
    const auto &qkv = get(joint);
    if (qkv.dim() != 3 || heads < 1 || qkv.size(2) % (3 * heads) != 0 || !isFusible(qkv)) {
      throw std::runtime_error("joint attention got a tensor that it can't take");
    }
    if (!at::GradMode::is_enabled()) {
      return JointAttention::attended(qkv, heads, scale, false).first;
    }
    return JointAttention::apply(qkv, heads, scale, willNeedGradient(qkv));
  });
}
