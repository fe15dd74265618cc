// Matrix products of float32 tensors in bfloat16, forward and backward, where the processor has instructions for it.
//
// Activations stay float32, so the fused kernels around the products go on serving; what is rounded is the inputs of
// each product, as in automatic mixed precision (Micikevicius and others, 2018). Sums are kept in float32 inside.
#include <torch/csrc/autograd/custom_function.h>

#include "Handle.h"
#include "ReducedPrecision.h"

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace ctorch {

namespace {

thread_local bool isEnabled = false;

bool hasInstructions() {
#if defined(__x86_64__) && defined(__clang__)
  static const bool result = __builtin_cpu_supports("avx512bf16");
  return result;
#else
  return false;
#endif
}

/// Smaller products cost more to round than they save.
constexpr int64_t fewestRows = 32;

struct ReducedLinear : torch::autograd::Function<ReducedLinear> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &x, const at::Tensor &weight) {
    auto rows = x.reshape({-1, x.size(-1)}).to(at::kBFloat16);
    auto w = weight.to(at::kBFloat16);
    auto y = at::linear(rows, w).to(at::kFloat);
    context->save_for_backward({rows, w});
    context->saved_data["shape"] = x.sizes().vec();
    context->saved_data["needs_input"] = x.requires_grad();
    context->saved_data["needs_weight"] = weight.requires_grad();
    auto shape = x.sizes().vec();
    shape.back() = weight.size(0);
    return y.view(shape);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    const auto &rows = saved[0], &weight = saved[1];
    auto dy = gradients[0].reshape({-1, weight.size(0)});
    auto reduced = dy.to(at::kBFloat16);
    at::Tensor dx;
    if (context->saved_data["needs_input"].toBool()) {
      dx = at::mm(reduced, weight).to(at::kFloat).view(context->saved_data["shape"].toIntVector());
    }
    // A frozen weight's gradient would cost a third of the work, for nothing.
    at::Tensor dWeight;
    if (context->saved_data["needs_weight"].toBool()) {
      dWeight = at::mm(reduced.t(), rows).to(at::kFloat);
    }
    return {dx, dWeight};
  }
};

}  // namespace

bool reducesPrecision() { return isEnabled; }

bool wantsReducedPrecision(const at::Tensor &x, const at::Tensor &weight) {
  return isEnabled && hasInstructions() && x.device().is_cpu() && x.scalar_type() == at::kFloat &&
         weight.scalar_type() == at::kFloat && weight.dim() == 2 && x.dim() >= 2 &&
         x.size(-1) == weight.size(1) && x.numel() >= fewestRows * x.size(-1);
}

at::Tensor reducedLinear(
    const at::Tensor &x, const at::Tensor &weight, const c10::optional<at::Tensor> &bias) {
  auto y = ReducedLinear::apply(x, weight);
  return bias.has_value() ? y + *bias : y;
}

}  // namespace ctorch

bool ctorch_set_reduced_precision(bool enabled) {
  bool earlier = ctorch::isEnabled;
  ctorch::isEnabled = enabled;
  return earlier;
}
