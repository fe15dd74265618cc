// Linear layers by rows, and the weights in panels that they keep.
#include "RowLinear.h"

#include <ATen/core/grad_mode.h>

#include <mutex>

#include "Handle.h"
#include "ReducedPrecision.h"
#include "RowProduct.h"

namespace ctorch {

namespace {

/// Larger weights are not kept twice; they are laid out anew for each product.
constexpr int64_t mostKept = 1 << 20;

std::shared_ptr<const PanelWeight> panels(const CTorchTensor &handle, ProductFactors factors) {
  static std::mutex mutex;
  const auto &weight = handle.value;
  bool isVersioned = !weight.is_inference();
  auto version = isVersioned ? static_cast<int64_t>(weight._version()) : 0;
  {
    std::lock_guard lock(mutex);
    const auto &kept = handle.panels;
    if (kept && kept->version == version && kept->factors == factors) return kept;
  }
  auto dense = weight.contiguous();
  auto made = std::make_shared<PanelWeight>(
      elements<float>(dense), dense.size(0), dense.size(1), factors);
  made->version = version;
  if (weight.numel() <= mostKept) {
    std::lock_guard lock(mutex);
    handle.panels = made;
  }
  return made;
}

}  // namespace

bool isOfRows(
    const at::Tensor &x, const at::Tensor &weight, const c10::optional<at::Tensor> &bias) {
  auto isFloat = [](const at::Tensor &t) {
    return t.device().is_cpu() && t.scalar_type() == at::kFloat;
  };
  return !c10::GradMode::is_enabled() && isFloat(x) && isFloat(weight) && weight.dim() == 2 &&
         x.dim() >= 1 && x.size(-1) == weight.size(1) && x.numel() > 0 && weight.numel() > 0 &&
         (!bias || (isFloat(*bias) && bias->dim() == 1 && bias->size(0) == weight.size(0)));
}

at::Tensor rowLinear(
    const at::Tensor &x, const CTorchTensor &weight, const c10::optional<at::Tensor> &bias) {
  auto kept = panels(
      weight, reducesPrecision() ? ProductFactors::bfloat16 : ProductFactors::float32);
  auto rows = x.contiguous();
  auto shape = x.sizes().vec();
  shape.back() = kept->outputs;
  auto y = at::empty(shape, x.options());
  at::Tensor added = bias ? bias->contiguous() : at::Tensor();
  multiplyRows(
      elements<float>(rows), rows.numel() / kept->inputs, *kept,
      bias ? elements<float>(added) : nullptr, y.mutable_data_ptr<float>());
  return y;
}

}  // namespace ctorch

void ctorch_limit_product_instructions(int32_t limit) {
  ctorch::setProductInstructions(static_cast<ctorch::ProductInstructions>(limit));
}
