// Products of a few rows with large bfloat16 weights: reading the weights once is all that they should cost.
//
// libtorch 2.13's take twice as long as that.
#include "FewRows.h"

#include <ATen/core/grad_mode.h>

#include "Handle.h"
#include "Kernels.h"
#include "Parallel.h"

namespace ctorch {

namespace {

constexpr int64_t mostRows = 4;
/// Smaller weights stay in the cache, where libtorch's products are fine.
constexpr int64_t fewestWeights = 1 << 20;
/// Outputs that a thread takes at once.
constexpr int64_t outputsAtOnce = 32;
/// Sums side by side, so that an addition need not wait for the one before it.
constexpr int64_t sumCount = 4 * laneCount;

CTORCH_VECTORIZED
float product(const uint16_t *w, const float *x, int64_t count) {
  float sums[sumCount] = {};
  int64_t i = 0;
  for (; i + sumCount <= count; i += sumCount) {
    for (int64_t lane = 0; lane < sumCount; lane++) {
      sums[lane] += fromBFloat16(w[i + lane]) * x[i + lane];
    }
  }
  for (int64_t lane = 0; i < count; i++, lane++) sums[lane] += fromBFloat16(w[i]) * x[i];
  for (int64_t lane = laneCount; lane < sumCount; lane++) sums[lane % laneCount] += sums[lane];
  return joinedSum(sums);
}

}  // namespace

bool isOfFewRows(const at::Tensor &x, const at::Tensor &weight) {
  if (x.scalar_type() != at::kBFloat16 || weight.scalar_type() != at::kBFloat16) return false;
  if (!x.device().is_cpu() || !weight.device().is_cpu()) return false;
  if (weight.dim() != 2 || x.dim() < 1 || x.size(-1) != weight.size(1)) return false;
  if (weight.numel() < fewestWeights || x.numel() > mostRows * x.size(-1)) return false;
  bool learns = at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad());
  return !learns && weight.is_contiguous();
}

at::Tensor fewRowsLinear(
    const at::Tensor &x, const at::Tensor &weight, const c10::optional<at::Tensor> &bias) {
  at::NoGradGuard noGradient;
  auto rows = x.detach().reshape({-1, x.size(-1)}).to(at::kFloat).contiguous();
  int64_t count = rows.size(0), inputs = weight.size(1), outputs = weight.size(0);
  const float *values = elements<float>(rows);
  const auto *w = static_cast<const uint16_t *>(weight.const_data_ptr());
  auto y = at::empty({count, outputs}, at::kFloat);
  auto *result = y.mutable_data_ptr<float>();
  parallelFor((outputs + outputsAtOnce - 1) / outputsAtOnce, [&](int64_t index) {
    int64_t end = std::min(outputs, (index + 1) * outputsAtOnce);
    for (int64_t o = index * outputsAtOnce; o < end; o++) {
      for (int64_t row = 0; row < count; row++) {
        result[row * outputs + o] = product(w + o * inputs, values + row * inputs, inputs);
      }
    }
  });
  if (bias.has_value()) y.add_(bias->detach());
  auto shape = x.sizes().vec();
  shape.back() = outputs;
  return y.to(at::kBFloat16).view(shape);
}

}  // namespace ctorch
