// Linear layers whose weights are kept in 8 or 4 bits, by libtorch's packed kernels where the processor has them.
#include "Handle.h"

using namespace ctorch;

namespace {

/// The packed kernel is made for the few rows of decoding; for more the weight is made anew, once a product.
constexpr int64_t mostRowsPacked = 64;

at::Tensor withBias(const at::Tensor &y, const CTorchTensor *bias, bool hasBias) {
  auto b = optionalTensor(bias, hasBias);
  return b.has_value() ? y + *b : y;
}

at::Tensor asRows(const at::Tensor &x) { return x.reshape({-1, x.size(-1)}).contiguous(); }

at::Tensor shapedLike(const at::Tensor &x, const at::Tensor &rows) {
  auto shape = x.sizes().vec();
  shape.back() = rows.size(-1);
  return rows.view(shape);
}

}  // namespace

bool ctorch_quantize_int8(
    const CTorchTensor *weight, CTorchTensor **values, CTorchTensor **scales) {
  return guarded(false, [&] {
    at::NoGradGuard noGradient;
    auto w = get(weight).to(at::kFloat);
    auto scale = (std::get<0>(w.abs().max(1, true)) / 127).clamp_min(1e-12);
    *values = make((w / scale).round().clamp(-127, 127).to(at::kChar).contiguous());
    *scales = make(scale.squeeze(1).to(get(weight).scalar_type()));
    return true;
  });
}

CTorchTensor *ctorch_int8_linear(
    const CTorchTensor *input, const CTorchTensor *values, const CTorchTensor *scales,
    const CTorchTensor *bias, bool hasBias) {
  return tensor([&] {
    const auto &x = get(input), &w = get(values);
    auto rows = asRows(x);
    auto s = get(scales).to(x.scalar_type());
    auto y = rows.device().is_cpu() && rows.size(0) <= mostRowsPacked
                 ? at::_weight_int8pack_mm(rows, w, s)
                 : at::linear(rows, w.to(x.scalar_type())) * s;
    return withBias(shapedLike(x, y), bias, hasBias);
  });
}

bool ctorch_quantize_int4(
    const CTorchTensor *weight, int64_t groupSize, CTorchTensor **packed,
    CTorchTensor **scalesAndZeros) {
  return guarded(false, [&] {
    at::NoGradGuard noGradient;
    auto w = get(weight).to(at::kFloat);
    auto output = w.size(0), input = w.size(1);
    if (input % groupSize != 0 || output % 16 != 0) {
      throw std::runtime_error("4-bit weights need whole groups and outputs in sixteens");
    }
    auto groups = w.view({output, input / groupSize, groupSize});
    auto low = std::get<0>(groups.min(2, true)), high = std::get<0>(groups.max(2, true));
    auto scale = ((high - low) / 15).clamp_min(1e-12);
    // Rounded as it is kept, so that values are chosen for what they will stand for.
    auto kept = get(weight).scalar_type();
    scale = scale.to(kept).to(at::kFloat);
    auto zero = (low + 8 * scale).to(kept).to(at::kFloat);
    auto q = ((groups - zero) / scale + 8).round().clamp(0, 15).to(at::kInt);
    *packed = make(
        at::_convert_weight_to_int4pack_for_cpu(q.view({output, input}).contiguous(), 1));
    *scalesAndZeros =
        make(at::cat({scale, zero}, 2).to(kept).transpose(0, 1).contiguous());
    return true;
  });
}

CTorchTensor *ctorch_int4_linear(
    const CTorchTensor *input, const CTorchTensor *packed, int64_t groupSize,
    const CTorchTensor *scalesAndZeros, const CTorchTensor *bias, bool hasBias) {
  return tensor([&] {
    const auto &x = get(input), &w = get(packed);
    auto rows = asRows(x);
    auto parameters = get(scalesAndZeros).to(x.scalar_type());
    auto y = at::_weight_int4pack_mm_for_cpu(rows, w, groupSize, parameters);
    return withBias(shapedLike(x, y), bias, hasBias);
  });
}
